// The translator that this project trains. The paper names neither ranks nor widths, and its nets are twenty times
// larger; every number here is our choice, and so are the skips.
import { FileError } from '../../lib/errors.ts';
import { loraLayers, type Ranks, type TranslatorShape } from './shape.ts';

export interface TranslatorConfig {
  readonly shape: TranslatorShape;
  readonly ranks: Ranks;
  /** Factor of the low-rank updates. */
  readonly loraScale: number;
  /**
   * `frozen`: every adapter has one and the same down projection, which belongs to the base, and only up is trained. An
   * update is then linear in what is trained and has one way to be written: (A, B) and (RA, BR⁻¹) no longer compete (spec
   * §3.4). Absent: both are trained, as the paper has it.
   */
  readonly down?: 'frozen';
  /** Channels of the discriminator after its first convolution. */
  readonly judgeWidth: number;
  /** Pixels of a picture's side. */
  readonly side: number;
}

/**
 * Width 12 costs about 20 million multiply-adds for a picture, so that a fine-tune takes seconds on one core. With frozen
 * down projections a rank costs no more than its outputs, and an update lies in as many directions of a layer's input as
 * its rank, however few the outputs are. So ranks are high, most of all where pixels are read and written (measured with
 * random projections: held-out L1 with each concept's adapter out of the base's own training 0.110; with ranks of 3 in the
 * head, 12 in stem and up2 and 16 in down1 and up1, after a sixth less training, 0.131). The base learns the projections
 * with all concepts' adapters (0.104), and they are turned at the end (principalDown.ts): 64 steps of four pictures from a
 * random adapter come to 0.095 with random ones, to 0.087 with random ones turned, to 0.080 as it is (9 validation
 * concepts, rate 0.02).
 */
export const ourTranslator: TranslatorConfig = {
  shape: { width: 12, heads: 4, context: 100, skips: 'sum' },
  ranks: { stem: 48, down1: 24, down2: 16, ds: 8, us: 8, up1: 24, up2: 48, head: 96 },
  loraScale: 1,
  down: 'frozen',
  judgeWidth: 16,
  side: 32,
};

/**
 * The same net adapted as E2GAN publishes it: ranks of a few, down and up both trained, on a base that was trained on its
 * own. What the study holds our way of making bases against.
 */
export const e2ganTranslator: TranslatorConfig = {
  shape: ourTranslator.shape,
  ranks: { stem: 3, down1: 4, down2: 4, ds: 4, us: 4, up1: 4, up2: 4, head: 3 },
  loraScale: 1,
  judgeWidth: ourTranslator.judgeWidth,
  side: ourTranslator.side,
};

/** @throws FileError when the text of a file is no translator's configuration */
export function translatorConfig(text: string | undefined, name: string): TranslatorConfig {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isConfig(value)) {
    throw new FileError(`${name} does not say which translator it belongs to; make it with generator:base.`);
  }
  return value;
}

function isConfig(value: unknown): value is TranslatorConfig {
  if (!isRecord(value) || !isRecord(value.shape) || !isRecord(value.ranks)) return false;
  const { shape, ranks } = value;
  const numbers = [
    shape.width,
    shape.heads,
    shape.context,
    value.loraScale,
    value.judgeWidth,
    value.side,
    ...loraLayers.map((layer) => ranks[layer]),
  ];
  if (shape.skips !== undefined && shape.skips !== 'sum') return false;
  if (value.down !== undefined && value.down !== 'frozen') return false;
  return numbers.every((number) => typeof number === 'number' && number > 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
