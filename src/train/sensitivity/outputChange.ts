// How much a model's output changed: relative L2 of the predicted noise, |ε' − ε| / |ε|, in all and by timestep.
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { measuredBatch, measuredTimesteps } from './noisedImages.ts';

export interface OutputChange {
  readonly change: number;
  /** At each of the measured timesteps, the least noisy first. */
  readonly byTimestep: readonly number[];
}

/** Compares predicted noises [B, C, H, W], batch by batch. */
export function outputChange(reference: readonly Tensor[], changed: readonly Tensor[]): OutputChange {
  const error = new Float64Array(measuredTimesteps);
  const size = new Float64Array(measuredTimesteps);
  reference.forEach((before, batch) => {
    const after = known(changed[batch], 'output of a batch');
    const each = before.data.length / measuredBatch;
    for (let i = 0; i < before.data.length; i++) {
      const part = Math.floor(i / each) % measuredTimesteps;
      const was = before.data[i] ?? Number.NaN;
      error[part] = (error[part] ?? 0) + ((after.data[i] ?? Number.NaN) - was) ** 2;
      size[part] = (size[part] ?? 0) + was ** 2;
    }
  });
  const total = (sums: Float64Array) => sums.reduce((sum, x) => sum + x, 0);
  return {
    change: Math.sqrt(total(error) / total(size)),
    byTimestep: Array.from(error, (sum, part) => Math.sqrt(sum / (size[part] ?? 0))),
  };
}
