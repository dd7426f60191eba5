// Normalisation with a learned scale and bias: over groups of channels, or over the batch.
import {
  add,
  div,
  mean,
  mul,
  type Node,
  layerNorm as plainLayerNorm,
  reshape,
  sqrt,
  square,
  sub,
} from '../../graph/index.ts';
import { assert } from '../../lib/errors.ts';

const epsilon = 1e-5;

type Weight = (name: string) => Node;

/** One value per channel [C], or per picture and channel [B, C], shaped to meet x [B, C, …]. */
export function perChannel(values: Node, x: Node): Node {
  const [rows, channels] = values.shape.length === 2 ? values.shape : [1, ...values.shape];
  return reshape(values, [rows ?? 0, channels ?? 0, ...x.shape.slice(2).map(() => 1)]);
}

const affine = (x: Node, w: Weight): Node =>
  add(mul(x, perChannel(w('weight'), x)), perChannel(w('bias'), x));

/** x [.., D] normalised over its last axis, ε = 1e-5, with scale and bias [D]. */
export function layerNorm(x: Node, w: Weight): Node {
  return add(mul(plainLayerNorm(x, epsilon), w('weight')), w('bias'));
}

/** x [B, C, …] normalised over each group of consecutive channels, biased variance, ε = 1e-5; scale and bias [C]. */
export function groupNorm(x: Node, groups: number, w: Weight): Node {
  const [batch = 0, channels = 0] = x.shape;
  assert(channels % groups === 0, () => `${channels} channels do not form ${groups} groups`);
  const perGroup = (channels / groups) * x.shape.slice(2).reduce((product, extent) => product * extent, 1);
  return affine(reshape(plainLayerNorm(reshape(x, [batch, groups, perGroup]), epsilon), x.shape), w);
}

/** Where batch normalisation takes its mean and variance from: this batch (training), or the running averages. */
export type BatchStatistics = 'batch' | 'running';

export interface BatchNormed {
  readonly output: Node;
  /** Mean and *unbiased* variance [C] of this batch, as the running averages take them; of `batch` alone. */
  readonly statistics?: { readonly mean: Node; readonly variance: Node };
}

/** x [B, C, H, W]; scale and bias [C] or [B, C], `running_mean` and `running_var` [C]; ε = 1e-5. */
export function batchNorm(x: Node, w: Weight, from: BatchStatistics): BatchNormed {
  if (from === 'running') {
    const scale = div(w('weight'), sqrt(add(w('running_var'), epsilon)));
    const centred = sub(x, perChannel(w('running_mean'), x));
    return { output: add(mul(centred, perChannel(scale, x)), perChannel(w('bias'), x)) };
  }
  const channels = x.shape[1] ?? 0;
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const count = x.shape.reduce((product, extent) => product * extent, 1) / channels;
  const middle = mean(x, axes, 'keep');
  const centred = sub(x, middle);
  const variance = mean(square(centred), axes, 'keep');
  return {
    output: affine(div(centred, sqrt(add(variance, epsilon))), w),
    statistics: {
      mean: reshape(middle, [channels]),
      variance: mul(reshape(variance, [channels]), count / (count - 1)),
    },
  };
}

/** Share of the new batch in the running averages (PyTorch's default). */
export const batchNormMomentum = 0.1;
