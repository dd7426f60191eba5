// Writes an adapter for a phrase: the net runs once over all blocks, and clean weights follow from its one estimate.
import type { DeviceTensor, Engine, Program } from '../engine/engine.ts';
import { graphOf, input, type Node } from '../graph/index.ts';
import { known, UserError } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { f32, type Tensor } from '../lib/tensor.ts';
import { unpack } from '../train/parameters.ts';
import { type BlockLayout, blockMask } from './blocks/blocks.ts';
import type { Concept } from './concepts/concept.ts';
import type { ConceptPictures } from './data/batches.ts';
import { denormalised } from './dataset/normalisation.ts';
import { type BlockCoder, writtenCoder } from './denoiser/blockCoder.ts';
import { codes } from './denoiser/blockSamples.ts';
import { scheduleOf } from './denoiser/config.ts';
import type { GeneratorModel } from './denoiser/file.ts';
import { netInputs } from './denoiser/trainStep.ts';
import { HintReader } from './hint/hint.ts';
import { recover } from './recovery.ts';
import type { Encoding, TextEncoder } from './text/textEncoder.ts';
import { adapterLayout } from './translator/adapter.ts';
import { requireBase, type TranslatorBase } from './translator/baseFile.ts';
import { unet1d, unetShapes } from './unet1d.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** The timestep in place of the model's own. */
  readonly timestep?: number;
  /** The concept that the phrase names, where its pictures may be looked at; of a generator that reads hints. */
  readonly concept?: Concept | undefined;
  /** Which index each block is told in place of its own: the control whose order must matter. */
  readonly indices?: ArrayLike<number>;
}

/** What a generator may look at. */
export interface Sight {
  readonly base: TranslatorBase;
  readonly pictures: ConceptPictures;
  /** Of each concept; absent: all that are trained on. */
  readonly pairs?: number;
}

export interface Generated {
  /** Adapter tensors by their names. */
  readonly adapter: Record<string, Tensor>;
  /** Normalised adapter vector [P], as the data set holds them. */
  readonly normalised: Float32Array;
  /** Blocks as the net wrote them [N, b]: weights or components. */
  readonly blocks: Float32Array;
  /** Words of the phrase that were not understood, with known ones that are spelt alike. */
  readonly unknown: Encoding['unknown'];
}

/** @throws UserError for an empty phrase and for one without any known word */
export function readPhrase(encoder: TextEncoder, phrase: string): Encoding {
  if (phrase.trim() === '')
    throw new UserError('Say what the picture should look like, e.g. "halftone, fine".');
  const encoding = encoder.encode(phrase);
  if (encoding.known > 0) return encoding;
  const near = [...new Set(encoding.unknown.flatMap((word) => word.near))].slice(0, 3);
  const hint = near.length > 0 ? `the nearest known words are ${near.join(', ')}` : 'try "halftone, fine"';
  throw new UserError(`No word of "${phrase.trim()}" is known; ${hint}.`);
}

export class WeightGenerator {
  readonly model: GeneratorModel;
  readonly layout: BlockLayout;
  readonly #coder: BlockCoder;
  readonly #engine: Engine;
  readonly #encoder: TextEncoder;
  readonly #program: Program;
  readonly #weights: Readonly<Record<string, DeviceTensor>>;
  /** Compiled when pictures are first looked at. */
  readonly #hints: (() => Promise<HintReader>) | undefined;
  #hintReader: Promise<HintReader> | undefined;

  private constructor(
    engine: Engine,
    model: GeneratorModel,
    encoder: TextEncoder,
    program: Program,
    coder: BlockCoder,
    hints: (() => Promise<HintReader>) | undefined,
  ) {
    this.#hints = hints;
    this.#engine = engine;
    this.model = model;
    this.#encoder = encoder;
    this.#program = program;
    this.layout = coder.layout;
    this.#coder = coder;
    this.#weights = Object.fromEntries(
      Object.entries(model.weights).map(([name, tensor]) => [`w/${name}`, this.#engine.upload(tensor)]),
    );
  }

  /** @param sight what hints are read with; without it, phrases alone are listened to */
  static async create(
    engine: Engine,
    model: GeneratorModel,
    encoder: TextEncoder,
    sight?: Sight,
  ): Promise<WeightGenerator> {
    const { config } = model;
    if (encoder.width !== config.unet.context) {
      throw new UserError(
        `The text encoder ${encoder.id} gives ${encoder.width} features a word, and the generator reads ${config.unet.context}; use the encoder that it was trained with.`,
      );
    }
    const coder = writtenCoder(config, model.translator, model.components, 'The weight generator');
    const nodes = new Map<string, Node>(
      unetShapes(config.unet).map(([name, shape]) => [name, input(`w/${name}`, shape)]),
    );
    const { output } = unet1d(config.unet, netInputs(config, coder.layout.count, encoder.tokens), (name) =>
      known(nodes.get(name), name),
    );
    const program = await engine.compile(graphOf({ estimate: output }));
    return new WeightGenerator(
      ...([engine, model, encoder, program, coder] as const),
      sight && hintReaderOf(engine, model, coder, sight),
    );
  }

  /** All blocks in one batch. */
  async generate(phrase: string, { seed, timestep, concept, indices }: GenerateOptions): Promise<Generated> {
    const { config } = this.model;
    const { count, size } = this.layout;
    await this.#encoder.prepare?.([phrase]);
    const { values, unknown } = readPhrase(this.#encoder, phrase);
    const at = timestep ?? this.model.timestep;
    const mask = blockMask(this.layout);
    // A new concept has no weights to put noise on, so the noisy block is noise alone.
    const noisy = randomStream(seed, 'generate', 'noise').normal(new Float32Array(count * size));
    for (let i = 0; i < noisy.length; i++) {
      if (mask[i] !== 1 || config.task === 'regress') noisy[i] = 0;
    }
    const { tokens, width } = this.#encoder;
    const seen = concept && (await (await this.#openHints())?.of(concept, phrase));
    const text = new Float32Array(count * values.length);
    for (let n = 0; n < count; n++) text.set(values, n * values.length);
    const { estimate } = await this.#program.run({
      ...this.#weights,
      blocks: f32([count, size], noisy),
      ...(config.unet.hint && { hint: f32([count, size], seen ?? new Float32Array(count * size)) }),
      timeCode: codes(new Int32Array(count).fill(at), config.unet.codeWidth),
      indexCode: codes(indices ?? Array.from({ length: count }, (_, n) => n), config.unet.codeWidth),
      text: f32([count, tokens, width], text),
    });
    const answer = (await known(estimate, 'estimate').read()).data;
    estimate?.dispose();
    const { alpha, sigma } = scheduleOf(config);
    const clean =
      config.task === 'regress'
        ? answer
        : recover(config.prediction, noisy, answer, alpha[at] ?? Number.NaN, sigma[at] ?? Number.NaN);
    const blocks = Float32Array.from(clean, (value, i) => (mask[i] === 1 ? value : 0));
    const normalised = this.#coder.decode(blocks);
    return { adapter: this.#adapterOf(normalised), normalised, blocks, unknown };
  }

  /** The adapter that the concept's pictures ask for to first order: what the net is told, without the net. */
  async solved(phrase: string, concept: Concept): Promise<Record<string, Tensor>> {
    const reader = known(await this.#openHints(), 'pictures to read hints from');
    const blocks = await reader.of(concept, phrase);
    return this.#adapterOf(this.#coder.decode(blocks));
  }

  #adapterOf(normalised: Float32Array): Record<string, Tensor> {
    const { translator, normalisation } = this.model;
    const layout = adapterLayout(translator);
    return unpack(layout, denormalised(layout, normalisation, normalised));
  }

  async dispose(): Promise<void> {
    for (const tensor of Object.values(this.#weights)) tensor.dispose();
    await this.#program.dispose();
    await (await this.#hintReader)?.dispose();
  }

  #openHints(): Promise<HintReader> | undefined {
    this.#hintReader ??= this.#hints?.();
    this.#hintReader?.catch(() => {
      this.#hintReader = undefined;
    });
    return this.#hintReader;
  }
}

function hintReaderOf(
  engine: Engine,
  { base, translator, normalisation, hint: basis }: GeneratorModel,
  coder: BlockCoder,
  { base: own, pictures, pairs }: Sight,
): (() => Promise<HintReader>) | undefined {
  if (!basis) return undefined;
  requireBase(own, base, 'The weight generator');
  const adapters = { layout: adapterLayout(translator), normalisation };
  return () => HintReader.create(engine, { base: own, adapters, coder, basis, pictures }, pairs);
}
