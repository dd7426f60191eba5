// The image-to-image translator: an E2GAN-like generator whose concept lies in low-rank updates of its convolutions.
import {
  add,
  type ConvOptions,
  conv2d,
  matmul,
  mul,
  type Node,
  relu,
  reshape,
  scoped,
  tanh,
  transpose,
} from '../../graph/index.ts';
import { type BatchStatistics, batchNorm, perChannel } from '../layers/normalisation.ts';
import { textTransformer } from '../layers/textTransformer.ts';
import { upsampleTwice } from '../layers/upsample.ts';
import { baseConvName, type LoraLayer, loraNames, type TranslatorShape } from './shape.ts';

type Weight = (name: string) => Node;

export interface TranslatorOptions {
  readonly statistics: BatchStatistics;
  /** Factor of the low-rank updates; undefined where the weights have none. */
  readonly loraScale: number | undefined;
}

export interface Translation {
  /** [B, 3, H, W], between −1 and 1. */
  readonly image: Node;
  /** This batch's mean and unbiased variance of every normalisation, by its place (`stem.bn`); of `batch` alone. */
  readonly statistics: Readonly<Record<string, { readonly mean: Node; readonly variance: Node }>>;
  /** Results of named stages, for comparison. */
  readonly stages: Readonly<Record<string, Node>>;
}

/**
 * x [B, 3, H, W] with H and W divisible by 8, text [B, S, C]. Up projections, normalisations and the head's bias may have
 * a leading axis [B]: each picture then has an adapter of its own.
 */
export function translator(
  shape: TranslatorShape,
  x: Node,
  text: Node,
  w: Weight,
  options: TranslatorOptions,
): Translation {
  const statistics: Record<string, { mean: Node; variance: Node }> = {};

  const normed = (y: Node, place: string): Node => {
    const { output, statistics: own } = batchNorm(y, (name) => w(`${place}.${name}`), options.statistics);
    if (own) statistics[place] = own;
    return output;
  };
  const conv = (y: Node, layer: LoraLayer, geometry: ConvOptions): Node => {
    const base = w(baseConvName(layer));
    if (options.loraScale === undefined) return conv2d(y, base, undefined, geometry);
    const { down, up } = loraNames(layer);
    const [low, high] = [w(down), w(up)];
    // With an update of its own for each picture there is no one kernel.
    if (high.shape.length > low.shape.length) {
      const plain = conv2d(y, base, undefined, geometry);
      return add(plain, eachUpdated(conv2d(y, low, undefined, geometry), high, options.loraScale));
    }
    return conv2d(y, updated(base, low, high, options.loraScale), undefined, geometry);
  };
  const stage = (layer: Exclude<LoraLayer, 'head'>, y: Node, geometry: ConvOptions): Node =>
    scoped(layer, () => relu(normed(conv(y, layer, geometry), `${layer}.bn`)));
  const down = (layer: 'down1' | 'down2' | 'ds', y: Node) =>
    stage(layer, y, { stride: [2, 2], padding: [1, 1] });
  const up = (layer: 'us' | 'up1' | 'up2', y: Node) => stage(layer, upsampleTwice(y), { padding: [1, 1] });
  const residual = (block: string, y: Node): Node =>
    scoped(block, () => {
      const half = (z: Node, i: 1 | 2) =>
        normed(conv2d(z, w(`${block}.conv${i}.weight`), undefined, { padding: [1, 1] }), `${block}.bn${i}`);
      return add(y, half(relu(half(y, 1)), 2));
    });

  /** What was seen at the same size on the way down, added on the way up. */
  const joined = (y: Node, seen: Node): Node => (shape.skips === 'sum' ? add(y, seen) : y);

  const stem = stage('stem', x, { padding: [3, 3] });
  const half = down('down1', stem);
  const res2 = residual('res2', residual('res1', down('down2', half)));
  const ds = down('ds', res2);
  const tf = scoped('tf', () =>
    onPixels(ds, (tokens) => textTransformer(tokens, text, (name) => w(`tf.${name}`), shape.heads)),
  );
  const res3 = residual('res3', joined(up('us', tf), res2));
  const wide = joined(up('up2', joined(up('up1', res3), half)), stem);
  const colours = scoped('head', () => {
    const made = conv(wide, 'head', { padding: [3, 3] });
    return add(made, perChannel(w('head.conv.bias'), made));
  });
  return { image: tanh(colours), statistics, stages: { res2, ds, tf, res3 } };
}

/**
 * base [O, C, k, k] + scale · up [O, r, 1, 1] after down [r, C, k, k], as one kernel: a convolution and the 1×1 after it
 * are linear, so this is their sum exactly, and costs one pass over the picture instead of three.
 */
function updated(base: Node, down: Node, up: Node, scale: number): Node {
  const [outs = 0, ...inside] = base.shape;
  const rank = down.shape[0] ?? 0;
  const inputs = inside.reduce((product, extent) => product * extent, 1);
  const update = matmul(reshape(up, [outs, rank]), reshape(down, [rank, inputs]));
  return add(base, reshape(scale === 1 ? update : mul(update, scale), base.shape));
}

/** low [B, r, H, W], up [B, O, r, 1, 1] → [B, O, H, W]: the 1×1 convolution of each picture by its own kernel. */
function eachUpdated(low: Node, up: Node, scale: number): Node {
  const [batch = 0, rank = 0, ...size] = low.shape;
  const outs = up.shape[1] ?? 0;
  const pixels = size.reduce((product, extent) => product * extent, 1);
  const high = matmul(reshape(up, [batch, outs, rank]), reshape(low, [batch, rank, pixels]));
  return reshape(scale === 1 ? high : mul(high, scale), [batch, outs, ...size]);
}

/** Applies a map of tokens [B, H·W, C] to the pixels of y [B, C, H, W], row by row. */
function onPixels(y: Node, map: (tokens: Node) => Node): Node {
  const [batch = 0, channels = 0, rows = 0, columns = 0] = y.shape;
  const tokens = transpose(reshape(y, [batch, channels, rows * columns]), [0, 2, 1]);
  return reshape(transpose(map(tokens), [0, 2, 1]), [batch, channels, rows, columns]);
}
