// Denoising steps as graphs: guided model output, then one DDPM or DDIM step. One program serves all steps, since what
// differs between them is fed.
import { add, concat, exp, mul, type Node, slice, sub } from '../graph/index.ts';
import type { Coefficients } from './coefficients.ts';
import {
  clipToImage,
  learnedLogVariance,
  posteriorMean,
  predictNoise,
  predictX0,
  splitOutput,
} from './gaussian.ts';

/** Channels of the noise estimate that guidance acts on: DiT guides only the first three of four (spec §1.3). */
export type GuidedChannels = 'firstThree' | 'all';

export function defaultGuidedChannels(channels: number): GuidedChannels {
  return channels === 4 ? 'firstThree' : 'all';
}

export interface GuidedOutput {
  /** Output rows of the labels, and of the null label; both carry the guided noise estimate. */
  readonly conditional: Node;
  readonly unconditional: Node;
}

/**
 * Classifier-free guidance: e = e_null + s (e_cond − e_null).
 * @param output the model's output for n images with their labels, then the same n with the null label: [2n, C', H, W]
 * @param scale s, a scalar node
 */
export function guide(output: Node, scale: Node, channels: number, guided: GuidedChannels): GuidedOutput {
  const n = (output.shape[0] ?? 0) / 2;
  const count = guided === 'firstThree' ? Math.min(3, channels) : channels;
  const half = (start: number) => slice(output, 0, start, start + n);
  const noise = (x: Node) => slice(x, 1, 0, count);
  const rest = (x: Node) => slice(x, 1, count, x.shape[1] ?? 0);
  const [conditional, unconditional] = [half(0), half(n)];
  const base = noise(unconditional);
  const e = add(base, mul(scale, sub(noise(conditional), base)));
  const rejoin = (x: Node) => (count === x.shape[1] ? e : concat([e, rest(x)], 1));
  return { conditional: rejoin(conditional), unconditional: rejoin(unconditional) };
}

/** Whether the estimate of x0 is clipped to [−1, 1] in every step. */
export type Clipping = 'clipped' | 'free';

export interface StepResult {
  /** x_{t−1}. */
  readonly sample: Node;
  /** The step's estimate of x_0. */
  readonly predictedX0: Node;
}

function estimateX0(xt: Node, noise: Node, c: Coefficients, clipping: Clipping): Node {
  const x0 = predictX0(xt, noise, c);
  return clipping === 'clipped' ? clipToImage(x0) : x0;
}

/** Ancestral sampling: mean + exp(log variance / 2) · noise, none at the last step. */
export function ddpmStep(
  xt: Node,
  output: Node,
  noise: Node,
  c: Coefficients,
  clipping: Clipping,
): StepResult {
  const { noise: estimate, variance } = splitOutput(output, xt.shape[1] ?? 0);
  const predictedX0 = estimateX0(xt, estimate, c, clipping);
  const logVariance = variance ? learnedLogVariance(variance, c) : c('posteriorLogVarianceClipped');
  const spread = mul(c('addsNoise'), exp(mul(logVariance, 0.5)));
  return { sample: add(posteriorMean(predictedX0, xt, c), mul(spread, noise)), predictedX0 };
}

/** Deterministic sampling, eta 0: √abar_prev x_0 + √(1 − abar_prev) e, e derived again from x_0 (arXiv 2010.02502). */
export function ddimStep(xt: Node, output: Node, c: Coefficients, clipping: Clipping): StepResult {
  const { noise: estimate } = splitOutput(output, xt.shape[1] ?? 0);
  const predictedX0 = estimateX0(xt, estimate, c, clipping);
  const noise = predictNoise(xt, predictedX0, c);
  const sample = add(
    mul(c('sqrtAlphasCumprodPrev'), predictedX0),
    mul(c('sqrtOneMinusAlphasCumprodPrev'), noise),
  );
  return { sample, predictedX0 };
}
