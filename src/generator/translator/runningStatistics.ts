// The running averages of batch normalisation, carried on by what a forward pass saw.
import { add, mul, type Node } from '../../graph/index.ts';
import { batchNormMomentum } from '../layers/normalisation.ts';

export interface SeenBatches {
  /** Place of the normalisation, e.g. `stem.bn`. */
  readonly place: string;
  /** Mean and unbiased variance of each forward pass, in their order. */
  readonly batches: readonly { readonly mean: Node; readonly variance: Node }[];
}

/** running ← 0.9 running + 0.1 batch, once for every batch. */
export function runningAfter(
  seen: readonly SeenBatches[],
  running: (name: string) => Node,
  prefix: string,
): Record<string, Node> {
  const after: Record<string, Node> = {};
  const carry = (name: string, values: readonly Node[]) => {
    after[`${prefix}${name}`] = values.reduce(
      (average, value) => add(mul(average, 1 - batchNormMomentum), mul(value, batchNormMomentum)),
      running(name),
    );
  };
  for (const { place, batches } of seen) {
    carry(
      `${place}.running_mean`,
      batches.map(({ mean }) => mean),
    );
    carry(
      `${place}.running_var`,
      batches.map(({ variance }) => variance),
    );
  }
  return after;
}
