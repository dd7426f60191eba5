// One training example of the weight generator: what the net sees of a clean block, and what it is to answer.
import { predictions, type WeightSchedule } from '../recovery.ts';
import type { DenoiserConfig } from './config.ts';

export interface Example {
  readonly seen: Float32Array;
  readonly target: Float32Array;
}

/** w_t = α w + σ ε and the prediction's target; a regressor sees zeros and answers w. Padding stays zero. */
export function example(
  { task, prediction }: Pick<DenoiserConfig, 'task' | 'prediction'>,
  { alpha, sigma }: WeightSchedule,
  timestep: number,
  clean: Float32Array,
  noise: Float32Array,
  mask: Uint8Array,
): Example {
  const seen = new Float32Array(clean.length);
  if (task === 'regress') return { seen, target: clean.slice() };
  const target = new Float32Array(clean.length);
  const [a, s] = [alpha[timestep] ?? Number.NaN, sigma[timestep] ?? Number.NaN];
  const targetOf = predictions[prediction].target;
  for (let i = 0; i < clean.length; i++) {
    if (mask[i] !== 1) continue;
    const [w = 0, e = 0] = [clean[i], noise[i]];
    seen[i] = a * w + s * e;
    target[i] = targetOf(w, e, a, s);
  }
  return { seen, target };
}
