// The losses of pix2pix (arXiv 1611.07004 §3.1): a binary cross-entropy on logits, and λ times the mean distance.
import { abs, add, mean, mul, type Node, neg, softplus, sub } from '../../graph/index.ts';

/** What the released pix2pix multiplies its L1 term with. */
export const defaultLambda = 100;

export type Verdict = 'real' | 'made';

/** Mean of −log σ(logit) for `real`, of −log(1 − σ(logit)) for `made`. */
export function verdictLoss(logits: Node, verdict: Verdict): Node {
  return mean(softplus(verdict === 'real' ? neg(logits) : logits));
}

export interface DiscriminatorLoss {
  readonly total: Node;
  readonly made: Node;
  readonly real: Node;
}

/** ½(BCE(D(A, G(A)), made) + BCE(D(A, B), real)); the generator's picture is to be detached by the caller. */
export function discriminatorLoss(madeLogits: Node, realLogits: Node): DiscriminatorLoss {
  const made = verdictLoss(madeLogits, 'made');
  const real = verdictLoss(realLogits, 'real');
  return { total: mul(add(made, real), 0.5), made, real };
}

export interface GeneratorLoss {
  readonly total: Node;
  readonly adversarial: Node;
  /** Mean absolute distance to the target, before λ. */
  readonly distance: Node;
}

export function generatorLoss(
  madeLogits: Node,
  image: Node,
  target: Node,
  lambda = defaultLambda,
): GeneratorLoss {
  const adversarial = verdictLoss(madeLogits, 'real');
  const distance = mean(abs(sub(image, target)));
  return { total: add(adversarial, mul(distance, lambda)), adversarial, distance };
}
