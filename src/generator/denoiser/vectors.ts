// Adapter vectors ⇄ blocks, under any block size and grouping rule.
import { type ParameterLayout, pack, unpack } from '../../train/parameters.ts';
import { type BlockLayout, fromBlocks, toBlocks } from '../blocks/blocks.ts';

/** [P] → [N, b]. */
export function blocksOfVector(
  blocks: BlockLayout,
  layout: ParameterLayout,
  vector: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return toBlocks(blocks, unpack(layout, vector));
}

/** [N, b] → [P]. */
export function vectorOfBlocks(
  blocks: BlockLayout,
  layout: ParameterLayout,
  values: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return pack(layout, fromBlocks(blocks, values));
}
