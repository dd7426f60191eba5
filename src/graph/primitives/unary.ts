// Element-wise maps of one operand.
import { erf as erfOf } from '../../lib/erf.ts';
import type { DType } from '../../lib/tensor.ts';
import type { Node } from '../graph.ts';
import { definePrimitive } from '../primitive.ts';
import { div, mul, sub } from './binary.ts';

interface UnaryRecord {
  readonly name: string;
  readonly onnx: string;
  readonly f: (x: number) => number;
  /** Adjoint of x, given x, y = f(x) and dy; null for maps that are flat almost everywhere. */
  readonly gradient: ((x: Node, y: Node, dy: Node) => Node) | null;
  /** Operand and result type; `f32` unless the map is logical. */
  readonly dtype?: DType;
}

function defineUnary(record: UnaryRecord): (x: Node) => Node {
  const dtype = record.dtype ?? 'f32';
  const build = definePrimitive({
    name: record.name,
    infer: ([x]) =>
      x?.dtype === dtype ? { shape: x.shape, dtype } : `expected a ${dtype} operand, got ${x?.dtype}`,
    gradient: ({ inputs: [x], node, dy }) => [record.gradient && x ? record.gradient(x, node, dy) : null],
    kernel: ({ inputs: [x], allocate }) => {
      const y = allocate();
      if (x) for (let i = 0; i < x.length; i++) y[i] = record.f(x[i] ?? 0);
      return y;
    },
    lower: ({ emit, inputs }) => emit.node(record.onnx, inputs),
  });
  return (x) => build([x], {});
}

export const neg = defineUnary({ name: 'neg', onnx: 'Neg', f: (x) => -x, gradient: (_, __, dy) => neg(dy) });
export const abs = defineUnary({
  name: 'abs',
  onnx: 'Abs',
  f: Math.abs,
  gradient: (x, _, dy) => mul(dy, sign(x)),
});
/** −1, 0 or 1; sign(0) = 0, as the L1 loss wants. */
export const sign = defineUnary({ name: 'sign', onnx: 'Sign', f: Math.sign, gradient: null });
export const exp = defineUnary({
  name: 'exp',
  onnx: 'Exp',
  f: Math.exp,
  gradient: (_, y, dy) => mul(dy, y),
});
export const log = defineUnary({
  name: 'log',
  onnx: 'Log',
  f: Math.log,
  gradient: (x, _, dy) => div(dy, x),
});
export const sqrt = defineUnary({
  name: 'sqrt',
  onnx: 'Sqrt',
  f: Math.sqrt,
  gradient: (_, y, dy) => div(mul(dy, 0.5), y),
});
export const reciprocal = defineUnary({
  name: 'reciprocal',
  onnx: 'Reciprocal',
  f: (x) => 1 / x,
  gradient: (_, y, dy) => neg(mul(dy, square(y))),
});
export const tanh = defineUnary({
  name: 'tanh',
  onnx: 'Tanh',
  f: Math.tanh,
  gradient: (_, y, dy) => mul(dy, sub(1, square(y))),
});
export const erf = defineUnary({
  name: 'erf',
  onnx: 'Erf',
  f: erfOf,
  gradient: (x, _, dy) => mul(dy, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x))))),
});
export const sigmoid = defineUnary({
  name: 'sigmoid',
  onnx: 'Sigmoid',
  // Written so that neither branch overflows.
  f: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  gradient: (_, y, dy) => mul(dy, mul(y, sub(1, y))),
});
/** log(1 + eˣ). */
export const softplus = defineUnary({
  name: 'softplus',
  onnx: 'Softplus',
  f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: (x, _, dy) => mul(dy, sigmoid(x)),
});
export const not = defineUnary({
  name: 'not',
  onnx: 'Not',
  f: (x) => (x ? 0 : 1),
  gradient: null,
  dtype: 'bool',
});

export function square(x: Node): Node {
  return mul(x, x);
}

/** x·sigmoid(x). */
export function silu(x: Node): Node {
  return mul(x, sigmoid(x));
}
