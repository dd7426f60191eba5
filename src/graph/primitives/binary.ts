// Element-wise arithmetic and comparison of two operands, with numpy broadcasting.

import type { DType, Shape } from '../../lib/tensor.ts';
import { sameShape } from '../../lib/tensor.ts';
import { broadcastShapes, broadcastStrides, walk } from '../broadcast.ts';
import type { Node } from '../graph.ts';
import { definePrimitive, elementCount, type KernelContext } from '../primitive.ts';
import { scalarOf } from './leaf.ts';
import { cast } from './move.ts';
import { sumTo } from './reduce.ts';
import { log, neg } from './unary.ts';

/** A node, or a number that becomes a scalar constant. */
export type Operand = Node | number;
const nodeOf = (x: Operand): Node => (typeof x === 'number' ? scalarOf(x) : x);

interface BinaryRecord {
  readonly name: string;
  readonly onnx: string;
  readonly f: (a: number, b: number) => number;
  readonly operands: readonly DType[];
  /** Result type; the operands' where absent. */
  readonly result?: DType;
  /** Adjoints of a and b before they are summed to the operands' shapes; null where nothing flows. */
  readonly gradient: ((a: Node, b: Node, y: Node, dy: Node) => readonly [Node, Node]) | null;
}

/** `countsMacs` marks a product that the operator's definition counts as arithmetic (a Hyena gate): ½ MAC an element. */
type BinaryAttrs = { readonly countsMacs?: boolean };

function defineBinary(record: BinaryRecord): (a: Operand, b: Operand, attrs?: BinaryAttrs) => Node {
  const build = definePrimitive<{ countsMacs: boolean }>({
    name: record.name,
    infer: ([a, b]) => {
      if (!a || !b) return 'expected two operands';
      if (a.dtype !== b.dtype || !record.operands.includes(a.dtype)) {
        return `expected two operands of one type out of ${record.operands.join(', ')}`;
      }
      const shape = broadcastShapes(a.shape, b.shape);
      return shape ? { shape, dtype: record.result ?? a.dtype } : 'the shapes do not broadcast';
    },
    gradient: ({ inputs: [a, b], node, dy }) => {
      if (!record.gradient || !a || !b || a.dtype !== 'f32') return [null, null];
      const [da, db] = record.gradient(a, b, node, dy);
      return [sumTo(da, a.shape), sumTo(db, b.shape)];
    },
    kernel: (context) => mapPairs(context, record.f),
    lower: ({ emit, inputs }) => emit.node(record.onnx, inputs),
    macs: (node, { countsMacs }) => (countsMacs ? elementCount(node) / 2 : 0),
  });
  return (a, b, attrs) => build([nodeOf(a), nodeOf(b)], { countsMacs: attrs?.countsMacs ?? false });
}

function mapPairs(context: KernelContext<unknown>, f: (a: number, b: number) => number) {
  const { node, nodes, inputs, allocate } = context;
  const [a, b] = inputs;
  const y = allocate();
  if (!a || !b) return y;
  const [shapeA, shapeB]: Shape[] = [nodes[0]?.shape ?? [], nodes[1]?.shape ?? []];
  if (sameShape(shapeA ?? [], shapeB ?? [])) {
    for (let i = 0; i < y.length; i++) y[i] = f(a[i] ?? 0, b[i] ?? 0);
  } else if (b.length === 1) {
    const value = b[0] ?? 0;
    for (let i = 0; i < y.length; i++) y[i] = f(a[i] ?? 0, value);
  } else {
    const strides = [broadcastStrides(shapeA ?? [], node.shape), broadcastStrides(shapeB ?? [], node.shape)];
    walk(node.shape, strides, (i, offsets) => {
      y[i] = f(a[offsets[0] ?? 0] ?? 0, b[offsets[1] ?? 0] ?? 0);
    });
  }
  return y;
}

const numeric: readonly DType[] = ['f32', 'i32'];

export const add = defineBinary({
  name: 'add',
  onnx: 'Add',
  f: (a, b) => a + b,
  operands: numeric,
  gradient: (_, __, ___, dy) => [dy, dy],
});
export const sub = defineBinary({
  name: 'sub',
  onnx: 'Sub',
  f: (a, b) => a - b,
  operands: numeric,
  gradient: (_, __, ___, dy) => [dy, neg(dy)],
});
export const mul = defineBinary({
  name: 'mul',
  onnx: 'Mul',
  f: (a, b) => a * b,
  operands: numeric,
  gradient: (a, b, _, dy) => [mul(dy, b), mul(dy, a)],
});
export const div = defineBinary({
  name: 'div',
  onnx: 'Div',
  f: (a, b) => a / b,
  operands: ['f32'],
  gradient: (_, b, y, dy) => [div(dy, b), neg(div(mul(dy, y), b))],
});
export const pow = defineBinary({
  name: 'pow',
  onnx: 'Pow',
  f: (a, b) => a ** b,
  operands: ['f32'],
  gradient: (a, b, y, dy) => [mul(dy, mul(b, pow(a, sub(b, 1)))), mul(dy, mul(y, log(a)))],
});
/** Where the operands are equal, each gets half of the adjoint. */
export const maximum = defineBinary({
  name: 'maximum',
  onnx: 'Max',
  f: Math.max,
  operands: ['f32'],
  gradient: (a, b, _, dy) => [mul(dy, share(b, a)), mul(dy, share(a, b))],
});
export const minimum = defineBinary({
  name: 'minimum',
  onnx: 'Min',
  f: Math.min,
  operands: ['f32'],
  gradient: (a, b, _, dy) => [mul(dy, share(a, b)), mul(dy, share(b, a))],
});
export const less = defineBinary({
  name: 'less',
  onnx: 'Less',
  f: (a, b) => (a < b ? 1 : 0),
  operands: numeric,
  result: 'bool',
  gradient: null,
});
export const equal = defineBinary({
  name: 'equal',
  onnx: 'Equal',
  f: (a, b) => (a === b ? 1 : 0),
  operands: numeric,
  result: 'bool',
  gradient: null,
});
export const and = defineBinary({
  name: 'and',
  onnx: 'And',
  f: (a, b) => (a && b ? 1 : 0),
  operands: ['bool'],
  gradient: null,
});

/** 1 where low < high, ½ where they are equal, else 0. */
function share(low: Node, high: Node): Node {
  return add(cast(less(low, high), 'f32'), mul(cast(equal(low, high), 'f32'), 0.5));
}

export function relu(x: Node): Node {
  return maximum(x, 0);
}

/** A gating product a ⊙ b that the cost formulas of the papers count (spec §2.3: 1 FLOP an element). */
export function gate(a: Node, b: Node): Node {
  return mul(a, b, { countsMacs: true });
}
