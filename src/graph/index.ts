// The public face of the graph: builders, autodiff, passes, cost.

export { gradients } from './autodiff.ts';
export type { Attrs, Graph, Node } from './graph.ts';
export { graphOf, topologicalOrder } from './graph.ts';
export * from './primitives/binary.ts';
export * from './primitives/conv.ts';
export * from './primitives/cumsum.ts';
export * from './primitives/leaf.ts';
export * from './primitives/matmul.ts';
export * from './primitives/move.ts';
export * from './primitives/normalise.ts';
export * from './primitives/reduce.ts';
export { addAlong, gather, scatterAdd, takeAlong, topK, topKIndices } from './primitives/rows.ts';
export * from './primitives/unary.ts';
export { scoped } from './scope.ts';
export { simplify } from './simplify.ts';
