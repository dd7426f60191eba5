// What a DiT carries beside its trained weights: the position table and the timestep codes.
import { f32, type Tensor } from '../lib/tensor.ts';
import { timeCodeWidth } from './dit.ts';
import { positionCode } from './positionCode.ts';
import { type DitShape, gridOf } from './shape.ts';
import { type FrequencyDivisor, timestepCode } from './timestepCode.ts';

/** A model without its trained weights: what every graph of it is built and fed with. */
export interface DitFrame {
  readonly shape: DitShape;
  /** `pos_embed` [1, N, D], as stored in the checkpoint. */
  readonly position: Tensor;
  readonly divisor: FrequencyDivisor;
}

/** The frame of a model that uses the standard position table. */
export function standardFrame(shape: DitShape): DitFrame {
  return { shape, position: positionTable(shape), divisor: 'half' };
}

/** The sin-cos table `pos_embed` [1, N, D]. */
export function positionTable(shape: DitShape): Tensor {
  const grid = gridOf(shape);
  return f32([1, grid * grid, shape.width], positionCode(shape.width, grid));
}

/** Codes of the timesteps 0 … steps − 1, [steps, 256]. */
export function timeTable({ divisor }: DitFrame, steps: number): Tensor {
  const all = Int32Array.from({ length: steps }, (_, t) => t);
  return f32([steps, timeCodeWidth], timestepCode(all, timeCodeWidth, divisor));
}

/** The code of one timestep for all images, [1, 256]. */
export function timeRow({ divisor }: DitFrame, timestep: number): Tensor {
  return f32([1, timeCodeWidth], timestepCode([timestep], timeCodeWidth, divisor));
}
