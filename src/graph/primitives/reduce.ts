// Reductions over axes, and the sum that undoes broadcasting.
import { known } from '../../lib/errors.ts';
import { type Shape, sameShape, sizeOf, stridesOf } from '../../lib/tensor.ts';
import { walk } from '../broadcast.ts';
import type { Node } from '../graph.ts';
import { definePrimitive, type KernelContext } from '../primitive.ts';
import { div, equal, mul } from './binary.ts';
import { broadcast, cast, reshape } from './move.ts';

type ReduceAttrs = { readonly axes: readonly number[]; readonly keep: boolean };

function reducedShape(shape: Shape, { axes, keep }: ReduceAttrs): Shape {
  if (keep) return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return shape.filter((_, axis) => !axes.includes(axis));
}

function infer(inputs: readonly Node[], attrs: ReduceAttrs) {
  const x = inputs[0];
  if (x?.dtype !== 'f32') return 'expected an f32 operand';
  if (attrs.axes.some((axis) => axis < 0 || axis >= x.shape.length)) {
    return `it has no axes ${attrs.axes.join(', ')}`;
  }
  return { shape: reducedShape(x.shape, attrs), dtype: x.dtype };
}

/** dy of a reduction, seen in the operand's shape. */
function spread(dy: Node, x: Node, axes: readonly number[]): Node {
  return broadcast(reshape(dy, reducedShape(x.shape, { axes, keep: true })), x.shape);
}

function fold(context: KernelContext<ReduceAttrs>, start: number, f: (sum: number, x: number) => number) {
  const x = known(context.inputs[0], 'operand');
  const shape = known(context.nodes[0], 'operand').shape;
  const kept = stridesOf(reducedShape(shape, { axes: context.attrs.axes, keep: true }));
  const strides = kept.map((stride, axis) => (context.attrs.axes.includes(axis) ? 0 : stride));
  // Sums run in double precision and are rounded once, whatever the engine's precision.
  const total = new Float64Array(sizeOf(context.node.shape)).fill(start);
  walk(shape, [strides], (i, offsets) => {
    const at = offsets[0] ?? 0;
    total[at] = f(total[at] ?? 0, x[i] ?? 0);
  });
  const y = context.allocate();
  y.set(total);
  return y;
}

const makeSum = definePrimitive<ReduceAttrs>({
  name: 'reduceSum',
  infer,
  gradient: ({ inputs: [x], attrs, dy }) => [spread(dy, known(x, 'operand'), attrs.axes)],
  kernel: (context) => fold(context, 0, (sum, x) => sum + x),
  lower: ({ emit, inputs, attrs }) =>
    emit.node('ReduceSum', [...inputs, emit.ints(attrs.axes)], { keepdims: { int: attrs.keep ? 1 : 0 } }),
});

const makeMax = definePrimitive<ReduceAttrs>({
  name: 'reduceMax',
  infer,
  // Equal maxima share the adjoint.
  gradient: ({ inputs: [operand], node, attrs, dy }) => {
    const x = known(operand, 'operand');
    const hit = cast(equal(x, spread(node, x, attrs.axes)), 'f32');
    const ties = reduceSum(hit, attrs.axes, 'keep');
    return [mul(div(hit, ties), spread(dy, x, attrs.axes))];
  },
  kernel: (context) => fold(context, Number.NEGATIVE_INFINITY, Math.max),
  lower: ({ emit, inputs, attrs }) =>
    emit.node('ReduceMax', [...inputs, emit.ints(attrs.axes)], { keepdims: { int: attrs.keep ? 1 : 0 } }),
});

/** Whether reduced axes stay, with extent 1, or are dropped. */
export type Axes = 'keep' | 'drop';
const allAxes = (x: Node) => x.shape.map((_, axis) => axis);
const positive = (x: Node, axes: readonly number[]) =>
  axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)).sort((a, b) => a - b);

export function reduceSum(x: Node, axes: readonly number[] = allAxes(x), mode: Axes = 'drop'): Node {
  return axes.length === 0 ? x : makeSum([x], { axes: positive(x, axes), keep: mode === 'keep' });
}

export function reduceMax(x: Node, axes: readonly number[] = allAxes(x), mode: Axes = 'drop'): Node {
  return axes.length === 0 ? x : makeMax([x], { axes: positive(x, axes), keep: mode === 'keep' });
}

export function mean(x: Node, axes: readonly number[] = allAxes(x), mode: Axes = 'drop'): Node {
  const count = positive(x, axes).reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
  return mul(reduceSum(x, axes, mode), 1 / count);
}

/** Sums x down to a shape that broadcasts to x's: the adjoint of broadcasting. */
export function sumTo(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && x.shape[axis] !== 1));
  return reshape(reduceSum(x, axes), shape);
}
