// The noise schedule of DiT: linear betas over 1,000 steps, everything derived from them, and respacing to fewer steps.
// Conventions: golden README, «Diffusion conventions»; Nichol and Dhariwal (arXiv 2102.09672), Ho et al. (2006.11239).
import { UserError } from '../lib/errors.ts';

/** One array of `steps` entries for each quantity; entry i belongs to step i, and step 0 is the cleanest. */
export interface Schedule<A extends Float32Array | Float64Array = Float64Array> {
  readonly steps: number;
  /** The original timestep that the model receives at each step. */
  readonly timestepMap: Int32Array;
  readonly betas: A;
  readonly logBetas: A;
  /** abar: the running product of 1 − beta. */
  readonly alphasCumprod: A;
  /** abar one step earlier, 1 at step 0. */
  readonly alphasCumprodPrev: A;
  readonly sqrtAlphasCumprod: A;
  readonly sqrtOneMinusAlphasCumprod: A;
  readonly sqrtRecipAlphasCumprod: A;
  /** sqrt(1/abar − 1) */
  readonly sqrtRecipm1AlphasCumprod: A;
  /** Variance of q(x_{t−1} | x_t, x_0), 0 at step 0. */
  readonly posteriorVariance: A;
  /** Its logarithm, with entry 1 in place of the −∞ at step 0. */
  readonly posteriorLogVarianceClipped: A;
  /** The mean of q(x_{t−1} | x_t, x_0) is coef1 · x_0 + coef2 · x_t. */
  readonly posteriorMeanCoef1: A;
  readonly posteriorMeanCoef2: A;
}

const betaStart = 1e-4;
const betaEnd = 0.02;

/** The schedule that DiT was trained with: betas from 1e-4 to 0.02 in equal steps. */
export function linearSchedule(steps = 1000): Schedule {
  if (!Number.isInteger(steps) || steps < 2) {
    throw new UserError(`A noise schedule needs a whole number of at least 2 steps, got ${steps}.`);
  }
  const stride = (betaEnd - betaStart) / (steps - 1);
  const betas = Float64Array.from({ length: steps }, (_, i) => betaStart + i * stride);
  betas[steps - 1] = betaEnd;
  return fromBetas(
    betas,
    Int32Array.from({ length: steps }, (_, i) => i),
  );
}

/**
 * The schedule that visits only the kept steps of `schedule` and has its abar there: «50», «ddim50» or «10,15,20»
 * (keptSteps). The model goes on receiving the original timesteps.
 */
export function respaced(schedule: Schedule, spacing: string): Schedule {
  const kept = keptSteps(schedule.steps, spacing);
  let previous = 1;
  const betas = Float64Array.from(kept, (step) => {
    const current = schedule.alphasCumprod[step] ?? Number.NaN;
    const beta = 1 - current / previous;
    previous = current;
    return beta;
  });
  return fromBetas(
    betas,
    kept.map((step) => schedule.timestepMap[step] ?? -1),
  );
}

/**
 * Which of `steps` steps a spacing keeps, in ascending order.
 * «n»: n steps, the first and the last included, evenly spaced and rounded.
 * «ddimN»: the smallest whole stride that gives exactly N steps from 0.
 * «a,b,c»: as many equal sections, each treated like «n».
 */
export function keptSteps(steps: number, spacing: string): Int32Array {
  const ddim = /^ddim(\d+)$/.exec(spacing);
  if (ddim) return strided(steps, Number(ddim[1]), spacing);
  if (!/^\d+(,\d+)*$/.test(spacing)) {
    throw new UserError(
      `The spacing «${spacing}» is not understood: write a number of steps («50»), «ddim50», or sections («10,15,20»).`,
    );
  }
  const counts = spacing.split(',').map(Number);
  if (counts.length > steps || counts.reduce((sum, count) => sum + count, 0) < 2) {
    throw new UserError(`The spacing «${spacing}» must keep at least 2 of ${steps} steps.`);
  }
  const kept: number[] = [];
  let start = 0;
  counts.forEach((count, section) => {
    const size = Math.floor(steps / counts.length) + (section < steps % counts.length ? 1 : 0);
    if (count > size) {
      throw new UserError(
        `The spacing «${spacing}» asks for ${count} steps where only ${size} exist: ask for ${size} or fewer.`,
      );
    }
    const stride = count <= 1 ? 1 : (size - 1) / (count - 1);
    // A running sum, as the reference has it: a product would round to other steps in rare cases.
    let position = 0;
    for (let i = 0; i < count; i++) {
      kept.push(start + roundHalfToEven(position));
      position += stride;
    }
    start += size;
  });
  return Int32Array.from(kept);
}

/** The entries as the reference uses them: every one computed in float64, then rounded to single precision. */
export function asFloat32(schedule: Schedule): Schedule<Float32Array> {
  return {
    steps: schedule.steps,
    timestepMap: schedule.timestepMap,
    betas: Float32Array.from(schedule.betas),
    logBetas: Float32Array.from(schedule.logBetas),
    alphasCumprod: Float32Array.from(schedule.alphasCumprod),
    alphasCumprodPrev: Float32Array.from(schedule.alphasCumprodPrev),
    sqrtAlphasCumprod: Float32Array.from(schedule.sqrtAlphasCumprod),
    sqrtOneMinusAlphasCumprod: Float32Array.from(schedule.sqrtOneMinusAlphasCumprod),
    sqrtRecipAlphasCumprod: Float32Array.from(schedule.sqrtRecipAlphasCumprod),
    sqrtRecipm1AlphasCumprod: Float32Array.from(schedule.sqrtRecipm1AlphasCumprod),
    posteriorVariance: Float32Array.from(schedule.posteriorVariance),
    posteriorLogVarianceClipped: Float32Array.from(schedule.posteriorLogVarianceClipped),
    posteriorMeanCoef1: Float32Array.from(schedule.posteriorMeanCoef1),
    posteriorMeanCoef2: Float32Array.from(schedule.posteriorMeanCoef2),
  };
}

function fromBetas(betas: Float64Array, timestepMap: Int32Array): Schedule {
  let product = 1;
  const alphasCumprod = betas.map((beta) => {
    product *= 1 - beta;
    return product;
  });
  const alphasCumprodPrev = alphasCumprod.map((_, i) => (i === 0 ? 1 : (alphasCumprod[i - 1] ?? Number.NaN)));
  const previous = (i: number) => alphasCumprodPrev[i] ?? Number.NaN;
  const current = (i: number) => alphasCumprod[i] ?? Number.NaN;
  const posteriorVariance = betas.map((beta, i) => (beta * (1 - previous(i))) / (1 - current(i)));
  return {
    steps: betas.length,
    timestepMap,
    betas,
    logBetas: betas.map(Math.log),
    alphasCumprod,
    alphasCumprodPrev,
    sqrtAlphasCumprod: alphasCumprod.map(Math.sqrt),
    sqrtOneMinusAlphasCumprod: alphasCumprod.map((abar) => Math.sqrt(1 - abar)),
    sqrtRecipAlphasCumprod: alphasCumprod.map((abar) => Math.sqrt(1 / abar)),
    sqrtRecipm1AlphasCumprod: alphasCumprod.map((abar) => Math.sqrt(1 / abar - 1)),
    posteriorVariance,
    posteriorLogVarianceClipped: posteriorVariance.map((_, i) =>
      Math.log(posteriorVariance[Math.max(i, 1)] ?? Number.NaN),
    ),
    posteriorMeanCoef1: betas.map((beta, i) => (beta * Math.sqrt(previous(i))) / (1 - current(i))),
    posteriorMeanCoef2: betas.map((beta, i) => ((1 - previous(i)) * Math.sqrt(1 - beta)) / (1 - current(i))),
  };
}

function strided(steps: number, count: number, spacing: string): Int32Array {
  for (let stride = 1; stride < steps && count >= 2; stride++) {
    if (Math.ceil(steps / stride) === count) return Int32Array.from({ length: count }, (_, i) => i * stride);
  }
  throw new UserError(
    `The spacing «${spacing}» is impossible: no whole stride through ${steps} steps visits ${count}, write «${count}».`,
  );
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (fraction === 0.5) return floor + (floor % 2);
  return fraction < 0.5 ? floor : floor + 1;
}
