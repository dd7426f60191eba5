// DiT's training loss: squared error of the noise plus the variational term of the learned variance (spec §1.7).
import {
  add,
  constant,
  equal,
  exp,
  less,
  log,
  maximum,
  mean,
  mul,
  type Node,
  neg,
  reshape,
  scalarOf,
  select,
  square,
  stopGradient,
  sub,
  tanh,
} from '../graph/index.ts';
import { i32 } from '../lib/tensor.ts';
import { type Coefficients, coefficientsAt } from './coefficients.ts';
import { addNoise, learnedLogVariance, posteriorMean, predictX0, splitOutput } from './gaussian.ts';
import type { Schedule } from './schedule.ts';

export interface DiffusionLoss {
  /** Per image [B]: mean squared error of the noise estimate. */
  readonly mse: Node;
  /** Per image [B], in bits: divergence of the learned from the true posterior; absent without learned variance. */
  readonly vb: Node | undefined;
  /** mse + vb, [B]. */
  readonly loss: Node;
}

/** The noised image that the model is shown. */
export function noised(schedule: Schedule, x0: Node, noise: Node, t: Node): Node {
  return addNoise(x0, noise, coefficientsAt(schedule, t));
}

/** @param output the model's output for `noised(..)` at timestep t [B] i32 */
export function diffusionLoss(
  schedule: Schedule,
  x0: Node,
  noise: Node,
  t: Node,
  output: Node,
): DiffusionLoss {
  const c = coefficientsAt(schedule, t);
  const { noise: estimate, variance } = splitOutput(output, x0.shape[1] ?? 0);
  const mse = perImage(square(sub(noise, estimate)));
  if (!variance) return { mse, vb: undefined, loss: mse };
  const vb = variationalBits(c, {
    x0,
    xt: addNoise(x0, noise, c),
    t,
    estimate: stopGradient(estimate),
    variance,
  });
  return { mse, vb, loss: add(mse, vb) };
}

function perImage(x: Node): Node {
  return mean(x, [1, 2, 3]);
}

interface Terms {
  readonly x0: Node;
  readonly xt: Node;
  readonly t: Node;
  readonly estimate: Node;
  readonly variance: Node;
}

/** KL(true posterior ‖ model) for t > 0 and the discretised likelihood of x_0 for t = 0, in bits per element. */
function variationalBits(c: Coefficients, { x0, xt, t, estimate, variance }: Terms): Node {
  const trueMean = posteriorMean(x0, xt, c);
  const modelMean = posteriorMean(predictX0(xt, estimate, c), xt, c);
  const logVariance = learnedLogVariance(variance, c);
  const kl = perImage(gaussianKl(trueMean, c('posteriorLogVarianceClipped'), modelMean, logVariance));
  const likelihood = perImage(discretisedLogLikelihood(x0, modelMean, mul(logVariance, 0.5)));
  const isLast = equal(t, constant(i32([1], [0])));
  return mul(select(reshape(isLast, [t.shape[0] ?? 0]), neg(likelihood), kl), 1 / Math.LN2);
}

/** KL(N(m1, e^v1) ‖ N(m2, e^v2)), element by element, in nats. */
function gaussianKl(m1: Node, v1: Node, m2: Node, v2: Node): Node {
  const spread = add(exp(sub(v1, v2)), mul(square(sub(m1, m2)), exp(neg(v2))));
  return mul(add(add(sub(v2, v1), spread), -1), 0.5);
}

/** log of the Gaussian's mass in the bin of half width 1/255 around x, open at both ends of [−1, 1], in nats. */
function discretisedLogLikelihood(x: Node, middle: Node, logScale: Node): Node {
  const centred = sub(x, middle);
  const sharpness = exp(neg(logScale));
  const upper = normalCdf(mul(sharpness, add(centred, 1 / 255)));
  const lower = normalCdf(mul(sharpness, sub(centred, 1 / 255)));
  const inside = safeLog(sub(upper, lower));
  const belowTop = select(less(scalarOf(0.999), x), safeLog(sub(1, lower)), inside);
  return select(less(x, scalarOf(-0.999)), safeLog(upper), belowTop);
}

function safeLog(x: Node): Node {
  return log(maximum(x, 1e-12));
}

/** The tanh form that the reference uses: 0.5 (1 + tanh(√(2/π)(x + 0.044715 x³))). */
function normalCdf(x: Node): Node {
  const inner = mul(add(x, mul(0.044715, mul(x, square(x)))), Math.sqrt(2 / Math.PI));
  return mul(add(tanh(inner), 1), 0.5);
}
