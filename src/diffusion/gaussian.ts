// The Gaussian steps of the diffusion: forward noising, the model's estimate of x0, its mean and its learned variance.
// Formulas: golden README, «Diffusion conventions»; Nichol and Dhariwal (arXiv 2102.09672) §3.1.
import { add, div, maximum, minimum, mul, type Node, slice, sub } from '../graph/index.ts';
import type { Coefficients } from './coefficients.ts';

/** x_t = √abar x_0 + √(1 − abar) noise. */
export function addNoise(x0: Node, noise: Node, c: Coefficients): Node {
  return add(mul(c('sqrtAlphasCumprod'), x0), mul(c('sqrtOneMinusAlphasCumprod'), noise));
}

/** The model's two halves along the channels: noise estimate and variance parameter (absent without learned variance). */
export function splitOutput(output: Node, channels: number): { noise: Node; variance: Node | undefined } {
  const all = output.shape[1] ?? 0;
  return {
    noise: slice(output, 1, 0, channels),
    variance: all > channels ? slice(output, 1, channels, all) : undefined,
  };
}

/** x_0 = x_t/√abar − √(1/abar − 1) e. */
export function predictX0(xt: Node, noise: Node, c: Coefficients): Node {
  return sub(mul(c('sqrtRecipAlphasCumprod'), xt), mul(c('sqrtRecipm1AlphasCumprod'), noise));
}

/** e, from x_t and an estimate of x_0. */
export function predictNoise(xt: Node, x0: Node, c: Coefficients): Node {
  const scaled = sub(mul(c('sqrtRecipAlphasCumprod'), xt), x0);
  return div(scaled, c('sqrtRecipm1AlphasCumprod'));
}

export function clipToImage(x0: Node): Node {
  return maximum(minimum(x0, 1), -1);
}

/** Mean of q(x_{t−1} | x_t, x_0). */
export function posteriorMean(x0: Node, xt: Node, c: Coefficients): Node {
  return add(mul(c('posteriorMeanCoef1'), x0), mul(c('posteriorMeanCoef2'), xt));
}

/** f log β + (1 − f) log(clipped posterior variance), f = (v + 1)/2; v is not clipped. */
export function learnedLogVariance(v: Node, c: Coefficients): Node {
  const f = mul(add(v, 1), 0.5);
  return add(mul(f, c('logBetas')), mul(sub(1, f), c('posteriorLogVarianceClipped')));
}
