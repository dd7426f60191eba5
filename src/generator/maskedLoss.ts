// The generator's training loss: squared error over real weights; what pads a block's tail does not count.
import { div, mul, type Node, reduceSum, square, sub } from '../graph/index.ts';

/** Σ mask·(target − estimate)² / Σ mask over [B, b]. */
export function maskedSquares(target: Node, estimate: Node, mask: Node): Node {
  return div(reduceSum(mul(mask, square(sub(target, estimate)))), reduceSum(mask));
}
