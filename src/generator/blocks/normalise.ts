// Every group of blocks brought to mean 0 and deviation 1: layers differ by orders of magnitude, and one would own the
// loss otherwise (spec: «per-group mean and std, stored with the model»).
import type { BlockLayout } from './blocks.ts';

export interface GroupStatistics {
  /** Of each group's real numbers; population deviation. */
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** A group of equal numbers has no spread to divide by. */
const smallest = 1e-12;

/** @param sets block arrays [N, b] of one layout, of several checkpoints */
export function groupStatistics(
  { size, groups }: BlockLayout,
  sets: readonly ArrayLike<number>[],
): GroupStatistics {
  const mean = new Float64Array(groups.length);
  const std = new Float64Array(groups.length);
  groups.forEach(({ firstBlock, length }, group) => {
    const start = firstBlock * size;
    const count = length * sets.length;
    let sum = 0;
    for (const set of sets) for (let i = start; i < start + length; i++) sum += set[i] ?? 0;
    const middle = sum / count;
    let squares = 0;
    for (const set of sets) {
      for (let i = start; i < start + length; i++) squares += ((set[i] ?? 0) - middle) ** 2;
    }
    mean[group] = middle;
    std[group] = Math.max(smallest, Math.sqrt(squares / count));
  });
  return { mean, std };
}

/** (v − mean)/std of its group; padding stays 0. */
export function normalised(
  layout: BlockLayout,
  { mean, std }: GroupStatistics,
  blocks: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return mapReal(layout, blocks, (value, group) => (value - (mean[group] ?? 0)) / (std[group] ?? 1));
}

export function denormalised(
  layout: BlockLayout,
  { mean, std }: GroupStatistics,
  blocks: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return mapReal(layout, blocks, (value, group) => value * (std[group] ?? 1) + (mean[group] ?? 0));
}

function mapReal(
  { size, count, groups }: BlockLayout,
  blocks: ArrayLike<number>,
  map: (value: number, group: number) => number,
): Float32Array<ArrayBuffer> {
  const mapped = new Float32Array(count * size);
  groups.forEach(({ firstBlock, length }, group) => {
    const start = firstBlock * size;
    for (let i = start; i < start + length; i++) mapped[i] = map(blocks[i] ?? Number.NaN, group);
  });
  return mapped;
}
