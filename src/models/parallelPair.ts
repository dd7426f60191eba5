// Two blocks side by side instead of one after the other: depth traded for width (arXiv 2506.05340 §6).
import { concat, linear, type Node, scoped } from '../graph/index.ts';
import { type BlockMixers, type BlockTrace, ditBlock, type Weights } from './dit.ts';

export interface ParallelPairTrace {
  /** [B, N, D] */
  readonly output: Node;
  readonly a: BlockTrace;
  readonly b: BlockTrace;
}

/**
 * y = W [A(x); B(x)] + b: whole blocks, residual paths included, on the same tokens and condition; W is [D, 2D] and its
 * first D columns read A.
 * @param w weights below the pair: `a.*`, `b.*`, `merge.weight`, `merge.bias`
 * @param condition SiLU(c) [B, D]
 */
export function parallelPair(
  w: Weights,
  x: Node,
  condition: Node,
  mixers: { readonly a: BlockMixers; readonly b: BlockMixers },
): ParallelPairTrace {
  const branch = (name: 'a' | 'b') =>
    scoped(name, () => ditBlock((weight) => w(`${name}.${weight}`), x, condition, mixers[name]));
  const [a, b] = [branch('a'), branch('b')];
  const both = concat([a.output, b.output], 2); // [B, N, 2D]
  const output = scoped('merge', () => linear(both, w('merge.weight'), w('merge.bias')));
  return { output, a, b };
}
