// Schedule entries as graph nodes: gathered by timestep for training, or fed as per-step scalars for sampling.
import { constant, gather, input, type Node, reshape, slice } from '../graph/index.ts';
import { known } from '../lib/errors.ts';
import { f32 } from '../lib/tensor.ts';
import { asFloat32, type Schedule } from './schedule.ts';

/** What the diffusion formulas read from a schedule, one number a timestep. */
export const coefficientNames = [
  'sqrtAlphasCumprod',
  'sqrtOneMinusAlphasCumprod',
  'sqrtRecipAlphasCumprod',
  'sqrtRecipm1AlphasCumprod',
  'posteriorMeanCoef1',
  'posteriorMeanCoef2',
  'posteriorLogVarianceClipped',
  'logBetas',
  'sqrtAlphasCumprodPrev',
  'sqrtOneMinusAlphasCumprodPrev',
  /** 0 at the last step, which adds no noise, else 1. */
  'addsNoise',
] as const;
export type CoefficientName = (typeof coefficientNames)[number];
/** A coefficient as a node that broadcasts over [B, C, H, W]. */
export type Coefficients = (name: CoefficientName) => Node;

const count = coefficientNames.length;

/** Row `step` of the coefficient table, in the order of `coefficientNames`, single precision as the reference has it. */
export function coefficientRow(schedule: Schedule, step: number): Float32Array {
  const at = (array: ArrayLike<number>) => known(array[step], `schedule entry ${step}`);
  const exact = asFloat32(schedule);
  const previous = at(exact.alphasCumprodPrev);
  const row: Record<CoefficientName, number> = {
    sqrtAlphasCumprod: at(exact.sqrtAlphasCumprod),
    sqrtOneMinusAlphasCumprod: at(exact.sqrtOneMinusAlphasCumprod),
    sqrtRecipAlphasCumprod: at(exact.sqrtRecipAlphasCumprod),
    sqrtRecipm1AlphasCumprod: at(exact.sqrtRecipm1AlphasCumprod),
    posteriorMeanCoef1: at(exact.posteriorMeanCoef1),
    posteriorMeanCoef2: at(exact.posteriorMeanCoef2),
    posteriorLogVarianceClipped: at(exact.posteriorLogVarianceClipped),
    logBetas: at(exact.logBetas),
    sqrtAlphasCumprodPrev: Math.sqrt(previous),
    sqrtOneMinusAlphasCumprodPrev: Math.sqrt(1 - previous),
    addsNoise: step === 0 ? 0 : 1,
  };
  return Float32Array.from(coefficientNames, (name) => row[name]);
}

/** Coefficients of each image's own timestep t [B] i32. */
export function coefficientsAt(schedule: Schedule, t: Node): Coefficients {
  const table = new Float32Array(schedule.steps * count);
  for (let step = 0; step < schedule.steps; step++) table.set(coefficientRow(schedule, step), step * count);
  const rows = gather(constant(f32([schedule.steps, count], table)), t); // [B, count]
  const batch = t.shape[0] ?? 1;
  return (name) => {
    const column = coefficientNames.indexOf(name);
    return reshape(slice(rows, 1, column, column + 1), [batch, 1, 1, 1]);
  };
}

/** Coefficients of one step for all images, fed as the input `coefficients` (a coefficientRow). */
export function fedCoefficients(): Coefficients {
  const row = input('coefficients', [count]);
  return (name) => {
    const column = coefficientNames.indexOf(name);
    return reshape(slice(row, 0, column, column + 1), [1, 1, 1, 1]);
  };
}
