// The fixed position table of a DiT as a tensor.
import { f32, type Tensor } from '../lib/tensor.ts';
import { positionCode } from './positionCode.ts';
import { type DitShape, gridOf } from './shape.ts';

/** `pos_embed` [1, N, D]. */
export function positionTable(shape: DitShape): Tensor {
  const grid = gridOf(shape);
  return f32([1, grid * grid, shape.width], positionCode(shape.width, grid));
}
