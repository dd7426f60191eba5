// The images that output changes are measured on: held-out images, noised to evenly spaced timesteps, the same for
// every model and every plan.
import type { Feeds } from '../../engine/engine.ts';
import { i32 } from '../../lib/tensor.ts';
import { diffusionBatches } from '../diffusionBatches.ts';
import type { GraftContext } from '../graft/context.ts';

/** Timesteps at which outputs are compared: the middles of as many equal parts of the schedule. */
export const measuredTimesteps = 8;
/** Images of one pass: four at each timestep. */
export const measuredBatch = 32;
const batches = 2;

/** The timestep in the middle of part `index` of a schedule of `steps`. */
export function timestepAt(index: number, steps: number): number {
  return Math.floor(((index + 0.5) * steps) / measuredTimesteps);
}

/** Feeds `x0`, `noise`, `t`, `y`; image i of a batch stands at timestep i mod 8. Labels are kept: no guidance. */
export function noisedImages({ data, frame, schedule }: GraftContext): Feeds[] {
  const draw = diffusionBatches(data.heldOut, frame.shape, {
    seed: 0,
    purpose: 'output change',
    batch: measuredBatch,
    timesteps: schedule.steps,
    labelDropout: 0,
  });
  const t = Int32Array.from({ length: measuredBatch }, (_, i) =>
    timestepAt(i % measuredTimesteps, schedule.steps),
  );
  return Array.from({ length: batches }, (_, i) => ({ ...draw(i), t: i32([measuredBatch], t) }));
}
