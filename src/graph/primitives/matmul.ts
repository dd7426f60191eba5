// Batched matrix product with optionally transposed operands and an optional bias row.
import { known } from '../../lib/errors.ts';
import { sameShape, sizeOf } from '../../lib/tensor.ts';
import type { Node } from '../graph.ts';
import { definePrimitive, elementCount, type LowerContext } from '../primitive.ts';
import { reshape, swapAxes } from './move.ts';
import { sumTo } from './reduce.ts';

/** `density` is the share of the products that the definition needs (a band of an attention matrix, say). */
type MatmulAttrs = { readonly transposeA: boolean; readonly transposeB: boolean; readonly density: number };

/** Rows, inner extent and columns after transposition. */
function extents(a: Node, b: Node, attrs: MatmulAttrs) {
  const [a0, a1] = a.shape.slice(-2);
  const [b0, b1] = b.shape.slice(-2);
  const [m, k] = attrs.transposeA ? [a1, a0] : [a0, a1];
  const [kb, n] = attrs.transposeB ? [b1, b0] : [b0, b1];
  return { m: m ?? 0, k: k ?? 0, kb: kb ?? 0, n: n ?? 0 };
}

const makeMatmul = definePrimitive<MatmulAttrs>({
  name: 'matmul',
  infer: ([a, b, bias], attrs) => {
    if (!a || !b || a.dtype !== 'f32' || b.dtype !== 'f32') return 'expected two f32 operands';
    if (a.shape.length < 2 || b.shape.length < 2) return 'both operands need at least two axes';
    const { m, k, kb, n } = extents(a, b, attrs);
    if (k !== kb) return `the inner extents ${k} and ${kb} differ`;
    const batchA = a.shape.slice(0, -2);
    const batchB = b.shape.slice(0, -2);
    if (batchB.length > 0 && !sameShape(batchA, batchB)) return 'the batch axes differ';
    if (bias && !sameShape(bias.shape, [n])) return `the bias must have shape [${n}]`;
    return { shape: [...batchA, m, n], dtype: 'f32' };
  },
  gradient: ({ inputs: [a, b, bias], attrs, dy }) => {
    const [left, right] = [known(a, 'operand'), known(b, 'operand')];
    return [
      operandGradient(left, right, dy, attrs),
      weightGradient(left, right, dy, attrs),
      ...(bias ? [sumTo(dy, bias.shape)] : []),
    ];
  },
  kernel: ({ inputs: [a, b, bias], nodes, node, attrs, allocate }) => {
    const [x, w] = [known(a, 'operand'), known(b, 'operand')];
    const [nodeA, nodeB] = [known(nodes[0], 'operand'), known(nodes[1], 'operand')];
    const { m, k, n } = extents(nodeA, nodeB, attrs);
    const [stepA, innerA] = attrs.transposeA ? [1, m] : [k, 1];
    const [innerB, stepB] = attrs.transposeB ? [1, k] : [n, 1];
    const batches = sizeOf(node.shape.slice(0, -2));
    const shared = nodeB.shape.length === 2;
    const y = allocate();
    for (let batch = 0; batch < batches; batch++) {
      const [baseA, baseB] = [batch * m * k, shared ? 0 : batch * k * n];
      for (let row = 0; row < m; row++) {
        for (let column = 0; column < n; column++) {
          let sum = bias ? (bias[column] ?? 0) : 0;
          const startA = baseA + row * stepA;
          const startB = baseB + column * stepB;
          for (let i = 0; i < k; i++) sum += (x[startA + i * innerA] ?? 0) * (w[startB + i * innerB] ?? 0);
          y[(batch * m + row) * n + column] = sum;
        }
      }
    }
    return y;
  },
  lower: lowerMatmul,
  macs: (node, attrs) => {
    const [a, b] = [known(node.inputs[0], 'operand'), known(node.inputs[1], 'operand')];
    return elementCount(node) * extents(a, b, attrs).k * attrs.density;
  },
});

/** Adjoint of b; where b is shared by the batch, the batch becomes part of the inner axis. */
function weightGradient(a: Node, b: Node, dy: Node, attrs: MatmulAttrs): Node {
  const { transposeA, transposeB, density } = attrs;
  const shared = b.shape.length === 2 && a.shape.length > 2;
  const left = shared ? asRows(transposeA ? swapAxes(a, -1, -2) : a) : a;
  const right = shared ? asRows(dy) : dy;
  const flipped = transposeA && !shared;
  return transposeB
    ? matmul(right, left, { transposeA: true, transposeB: flipped, density })
    : matmul(left, right, { transposeA: !flipped, density });
}

/** [.., n] seen as [rows, n]. */
function asRows(x: Node): Node {
  return reshape(x, [sizeOf(x.shape.slice(0, -1)), known(x.shape.at(-1), 'extent')]);
}

/** Adjoint of a. */
function operandGradient(a: Node, b: Node, dy: Node, attrs: MatmulAttrs): Node {
  const { transposeA, transposeB, density } = attrs;
  if (!transposeA) return matmul(dy, b, { transposeB: !transposeB, density });
  return a.shape.length > b.shape.length
    ? swapAxes(matmul(dy, b, { transposeB: !transposeB, density }), -1, -2)
    : matmul(b, dy, { transposeA: transposeB, transposeB: true, density });
}

/** A shared right operand makes one big Gemm; ONNX's MatMul has no transposition flags. */
function lowerMatmul({ emit, inputs, nodes, node, attrs }: LowerContext<MatmulAttrs>): string {
  const [a, b, bias] = inputs;
  const [nodeA, nodeB] = [known(nodes[0], 'operand'), known(nodes[1], 'operand')];
  const { k, n } = extents(nodeA, nodeB, attrs);
  const flip = (name: string, shape: readonly number[]) => {
    const perm = shape.map((_, axis) => axis);
    const last = perm.length - 1;
    [perm[last], perm[last - 1]] = [last - 1, last];
    return emit.node('Transpose', [name], { perm: { ints: perm } });
  };
  const [left, right] = [known(a, 'name'), known(b, 'name')];
  if (nodeB.shape.length === 2) {
    const flat = nodeA.shape.length === 2;
    const ordered = attrs.transposeA && !flat ? flip(left, nodeA.shape) : left;
    const rows = flat ? ordered : emit.node('Reshape', [ordered, emit.ints([sizeOf(node.shape) / n, k])]);
    const product = emit.node('Gemm', [rows, right, ...(bias ? [bias] : [])], {
      transA: { int: attrs.transposeA && flat ? 1 : 0 },
      transB: { int: attrs.transposeB ? 1 : 0 },
    });
    return flat ? product : emit.node('Reshape', [product, emit.ints(node.shape)]);
  }
  const product = emit.node('MatMul', [
    attrs.transposeA ? flip(left, nodeA.shape) : left,
    attrs.transposeB ? flip(right, nodeB.shape) : right,
  ]);
  return bias ? emit.node('Add', [product, bias]) : product;
}

/** a [.., m, k] · b [.., k, n] → [.., m, n]; b may have rank 2 and is then shared by the batch. */
export function matmul(
  a: Node,
  b: Node,
  options: { transposeA?: boolean; transposeB?: boolean; density?: number } = {},
): Node {
  return makeMatmul([a, b], {
    transposeA: options.transposeA ?? false,
    transposeB: options.transposeB ?? false,
    density: options.density ?? 1,
  });
}

/** PyTorch's Linear: x [.., in] · weight [out, in]ᵀ + bias [out]. */
export function linear(x: Node, weight: Node, bias?: Node): Node {
  const attrs = { transposeA: false, transposeB: true, density: 1 };
  const rows = x.shape.length === 1 ? reshape(x, [1, ...x.shape]) : x;
  const y = makeMatmul(bias ? [rows, weight, bias] : [rows, weight], attrs);
  return x.shape.length === 1 ? reshape(y, [y.shape[1] ?? 0]) : y;
}
