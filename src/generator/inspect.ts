// How generated weights relate to trained ones, block by block: whether they are as large, whether they are a copy of one
// checkpoint (memorisation) or no more than the mean of all (averaging).
import { known, UserError } from '../lib/errors.ts';
import { type BlockLayout, blockMask } from './blocks/blocks.ts';

export interface NormRatio {
  readonly group: string;
  /** Norm of the generated numbers over that of the trained ones, both as deviations from the mean adapter. */
  readonly ratio: number;
}

/** @param generated normalised blocks [N, b], and `trained` those of one checkpoint */
export function normRatios(
  layout: BlockLayout,
  generated: ArrayLike<number>,
  trained: ArrayLike<number>,
): NormRatio[] {
  return layout.groups.map(({ name, firstBlock, length }) => {
    const start = firstBlock * layout.size;
    let [own, other] = [0, 0];
    for (let i = start; i < start + length; i++) {
      own += (generated[i] ?? 0) ** 2;
      other += (trained[i] ?? 0) ** 2;
    }
    return { group: name, ratio: Math.sqrt(own / other) };
  });
}

/** A checkpoint's blocks with the concept that they come from. */
export interface KnownBlocks {
  readonly concept: string;
  readonly checkpoint: number;
  /** Normalised [N, b]. */
  readonly blocks: Float32Array;
}

export interface BlockDistance {
  readonly block: number;
  /** Root mean square difference to the nearest checkpoint's block, in deviations of its tensors. */
  readonly nearest: number;
  readonly concept: string;
  readonly checkpoint: number;
  /** The same to the mean adapter, whose normalised numbers are zero. */
  readonly mean: number;
}

/** Per block, the nearest block of the same index among all training checkpoints. */
export function blockDistances(
  layout: BlockLayout,
  generated: ArrayLike<number>,
  training: readonly KnownBlocks[],
): BlockDistance[] {
  if (training.length === 0)
    throw new UserError('There is no training checkpoint to measure the distance to.');
  const { size, count } = layout;
  const mask = blockMask(layout);
  return Array.from({ length: count }, (_, block): BlockDistance => {
    const start = block * size;
    let real = 0;
    for (let i = start; i < start + size; i++) real += mask[i] ?? 0;
    const distance = (other: ArrayLike<number> | undefined) => {
      let squares = 0;
      for (let i = start; i < start + real; i++) squares += ((generated[i] ?? 0) - (other?.[i] ?? 0)) ** 2;
      return Math.sqrt(squares / real);
    };
    let best: { known: KnownBlocks; distance: number } | undefined;
    for (const candidate of training) {
      const own = distance(candidate.blocks);
      if (!best || own < best.distance) best = { known: candidate, distance: own };
    }
    const { known: near, distance: nearest } = known(best, 'nearest checkpoint');
    return { block, nearest, concept: near.concept, checkpoint: near.checkpoint, mean: distance(undefined) };
  });
}
