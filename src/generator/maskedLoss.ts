// The generator's training losses: squared error over real weights; what pads a block's tail does not count.
import { div, mean, mul, type Node, reduceSum, square, sub } from '../graph/index.ts';

/** Σ mask·(target − estimate)² / Σ mask over [B, b]. */
export function maskedSquares(target: Node, estimate: Node, mask: Node): Node {
  return div(reduceSum(mul(mask, square(sub(target, estimate)))), reduceSum(mask));
}

/**
 * Mean over blocks of Σ mask·(target − estimate)² / Σ mask in each, [B, b]: every block counts alike, however long its
 * tail. A normalisation's 12 numbers decide more about a picture than the 1,764 of the head's down projection; counted
 * by number they would hardly be learnt. Ours.
 */
export function blockSquares(target: Node, estimate: Node, mask: Node): Node {
  const squares = reduceSum(mul(mask, square(sub(target, estimate))), [1]);
  return mean(div(squares, reduceSum(mask, [1])));
}
