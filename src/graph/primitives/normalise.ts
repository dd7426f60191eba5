// Softmax, layer normalisation and GELU: composed maps that engines run as one kernel.
import { known } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import type { Node } from '../graph.ts';
import { definePrimitive } from '../primitive.ts';
import { add, div, mul, sub } from './binary.ts';
import { mean, reduceSum } from './reduce.ts';
import { sigmoid, sqrt, square } from './unary.ts';

const lastExtent = (x: Node | undefined) => known(x, 'operand').shape.at(-1) ?? 1;

const makeSoftmax = definePrimitive({
  name: 'softmax',
  infer: ([x]) =>
    x?.dtype === 'f32' && x.shape.length > 0
      ? { shape: x.shape, dtype: 'f32' }
      : 'expected an f32 operand with at least one axis',
  gradient: ({ node, dy }) => [mul(node, sub(dy, reduceSum(mul(dy, node), [-1], 'keep')))],
  kernel: ({ inputs: [x], nodes, allocate }) => {
    const y = allocate();
    const n = lastExtent(nodes[0]);
    for (let start = 0; start < y.length; start += n) {
      let peak = Number.NEGATIVE_INFINITY;
      for (let i = start; i < start + n; i++) peak = Math.max(peak, x?.[i] ?? 0);
      let sum = 0;
      for (let i = start; i < start + n; i++) sum += Math.exp((x?.[i] ?? 0) - peak);
      for (let i = start; i < start + n; i++) y[i] = Math.exp((x?.[i] ?? 0) - peak) / sum;
    }
    return y;
  },
  lower: ({ emit, inputs }) => emit.node('Softmax', inputs, { axis: { int: -1 } }),
});

/** exp(x) / Σ exp(x) over the last axis. */
export function softmax(x: Node): Node {
  return makeSoftmax([x], {});
}

const makeLayerNorm = definePrimitive<{ epsilon: number }>({
  name: 'layerNorm',
  infer: ([x]) =>
    x?.dtype === 'f32' && x.shape.length > 0
      ? { shape: x.shape, dtype: 'f32' }
      : 'expected an f32 operand with at least one axis',
  // dx = (dy − mean(dy) − y·mean(dy·y)) / σ
  gradient: ({ inputs: [operand], node, attrs, dy }) => {
    const { deviation } = standardised(known(operand, 'operand'), attrs.epsilon);
    const projected = mul(node, mean(mul(dy, node), [-1], 'keep'));
    return [div(sub(sub(dy, mean(dy, [-1], 'keep')), projected), deviation)];
  },
  composed: ({ inputs: [operand], attrs }) => {
    const { centred, deviation } = standardised(known(operand, 'operand'), attrs.epsilon);
    return div(centred, deviation);
  },
  kernel: ({ inputs: [x], nodes, attrs, allocate }) => {
    const y = allocate();
    const n = lastExtent(nodes[0]);
    for (let start = 0; start < y.length; start += n) {
      let sum = 0;
      for (let i = start; i < start + n; i++) sum += x?.[i] ?? 0;
      const middle = sum / n;
      let variance = 0;
      for (let i = start; i < start + n; i++) variance += ((x?.[i] ?? 0) - middle) ** 2;
      const scale = 1 / Math.sqrt(variance / n + attrs.epsilon);
      for (let i = start; i < start + n; i++) y[i] = ((x?.[i] ?? 0) - middle) * scale;
    }
    return y;
  },
  lower: ({ emit, inputs, nodes, attrs }) => {
    const n = lastExtent(nodes[0]);
    const scale = emit.tensor(f32([n], new Float32Array(n).fill(1)));
    return emit.node('LayerNormalization', [...inputs, scale], {
      axis: { int: -1 },
      epsilon: { float: attrs.epsilon },
    });
  },
});

/** x − mean, and the standard deviation [.., 1]. */
function standardised(x: Node, epsilon: number) {
  const centred = sub(x, mean(x, [-1], 'keep'));
  return { centred, deviation: sqrt(add(mean(square(centred), [-1], 'keep'), epsilon)) };
}

/** (x − mean) / √(variance + ε) over the last axis, biased variance, no affine part. */
export function layerNorm(x: Node, epsilon = 1e-6): Node {
  return makeLayerNorm([x], { epsilon });
}

// GELU's tanh form is x·σ(z) with z = x(a + b x²), a = 2√(2/π), b = 0.044715 a.
const geluA = 2 * Math.sqrt(2 / Math.PI);
const geluB = 0.044715 * geluA;

const makeGelu = definePrimitive({
  name: 'gelu',
  infer: ([x]) => (x?.dtype === 'f32' ? { shape: x.shape, dtype: 'f32' } : 'expected an f32 operand'),
  // y' = s + y(1 − s)(a + 3b x²), s = σ(z)
  gradient: ({ inputs: [operand], node, dy }) => {
    const x = known(operand, 'operand');
    const x2 = square(x);
    const s = sigmoid(mul(x, add(mul(x2, geluB), geluA)));
    const slope = mul(sub(node, mul(node, s)), add(mul(x2, 3 * geluB), geluA));
    return [mul(dy, add(s, slope))];
  },
  kernel: ({ inputs: [x], allocate }) => {
    const y = allocate();
    for (let i = 0; i < y.length; i++) {
      const v = x?.[i] ?? 0;
      y[i] = v / (1 + Math.exp(-v * (geluA + geluB * v * v)));
    }
    return y;
  },
  lower: ({ emit, inputs }) => emit.node('Gelu', inputs, { approximate: { string: 'tanh' } }),
});

/** 0.5 x (1 + tanh(√(2/π)(x + 0.044715 x³))). */
export function gelu(x: Node): Node {
  return makeGelu([x], {});
}
