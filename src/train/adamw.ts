// AdamW on a flat parameter vector, as graph nodes (Loshchilov and Hutter, arXiv 1711.05101), with gradient clipping
// and an exponential moving average. Everything that changes from step to step is a node that is fed.
import { add, div, minimum, mul, type Node, reduceSum, sqrt, square, sub } from '../graph/index.ts';

export interface AdamWSettings {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly weightDecay: number;
}

export const defaultAdamW: AdamWSettings = { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 };

export interface AdamWState {
  readonly parameters: Node;
  /** Running means of the gradient and of its square. */
  readonly m: Node;
  readonly v: Node;
}

export interface AdamWScalars {
  readonly learningRate: Node;
  /** learningRate · √(1 − β₂ᵗ) / (1 − β₁ᵗ), and √(1 − β₂ᵗ): stepScalars(). */
  readonly stepSize: Node;
  readonly rootCorrection: Node;
}

/** What AdamWScalars are fed with at step t = 1, 2, …; in double precision, since 1 − β₂ cancels. */
export function stepScalars(settings: AdamWSettings, learningRate: number, step: number) {
  const [beta1, beta2] = settings.betas;
  const rootCorrection = Math.sqrt(1 - beta2 ** step);
  return { learningRate, stepSize: (learningRate * rootCorrection) / (1 - beta1 ** step), rootCorrection };
}

/**
 * w ← w(1 − lr·wd) − lr · m̂/(√v̂ + ε), with both bias corrections moved to the scalars: the quotient is multiplied
 * by √(1 − β₂ᵗ) above and below. Every operation here walks the whole vector, so what can be is done to scalars.
 * @param scale the gradient times this is the one to follow
 */
export function adamw(
  state: AdamWState,
  gradient: Node,
  scalars: AdamWScalars,
  settings: AdamWSettings,
  scale?: Node,
): AdamWState {
  const [beta1, beta2] = settings.betas;
  const [share1, share2] = scale
    ? [mul(scale, 1 - beta1), mul(square(scale), 1 - beta2)]
    : [1 - beta1, 1 - beta2];
  const m = add(mul(state.m, beta1), mul(gradient, share1));
  const v = add(mul(state.v, beta2), mul(square(gradient), share2));
  const update = div(mul(m, scalars.stepSize), add(sqrt(v), mul(scalars.rootCorrection, settings.epsilon)));
  const decayed =
    settings.weightDecay === 0
      ? state.parameters
      : mul(state.parameters, sub(1, mul(scalars.learningRate, settings.weightDecay)));
  return { parameters: sub(decayed, update), m, v };
}

/** The gradient's 2-norm, and what the gradient is to be multiplied by: min(1, limit/(norm + 1e-6)). */
export function clipByNorm(gradient: Node, limit: number): { norm: Node; scale: Node } {
  const norm = sqrt(reduceSum(square(gradient)));
  return { norm, scale: minimum(div(limit, add(norm, 1e-6)), 1) };
}

/** ema ← decay · ema + (1 − decay) · w; `keep` is 1 − decay, a fed scalar. */
export function movingAverage(ema: Node, parameters: Node, keep: Node): Node {
  return add(ema, mul(keep, sub(parameters, ema)));
}
