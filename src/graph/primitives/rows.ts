// Gather and scatter: by row, and along an axis; top-k.
import { known } from '../../lib/errors.ts';
import { i32, sameShape, sizeOf } from '../../lib/tensor.ts';
import type { Node } from '../graph.ts';
import { definePrimitive } from '../primitive.ts';

const makeGather = definePrimitive({
  name: 'gather',
  infer: ([x, rows]) => {
    if (!x || rows?.dtype !== 'i32') return 'expected an operand and i32 row numbers';
    return x.shape.length > 0
      ? { shape: [...rows.shape, ...x.shape.slice(1)], dtype: x.dtype }
      : 'the operand has no rows';
  },
  gradient: ({ inputs: [x, rows], dy }) => [
    scatterAdd(known(x, 'operand').shape[0] ?? 0, known(rows, 'rows'), dy),
    null,
  ],
  kernel: ({ inputs: [x, rows], nodes, allocate }) => {
    const y = allocate();
    const width = sizeOf(known(nodes[0], 'operand').shape.slice(1));
    rows?.forEach((row, i) => {
      if (x) y.set(x.subarray(row * width, (row + 1) * width), i * width);
    });
    return y;
  },
  lower: ({ emit, inputs }) => emit.node('Gather', inputs, { axis: { int: 0 } }),
});

/** Rows of x [n, …] by number: [..rows] → [..rows, …]. */
export function gather(x: Node, rows: Node): Node {
  return makeGather([x, rows], {});
}

const makeScatterAdd = definePrimitive<{ count: number }>({
  name: 'scatterAdd',
  infer: ([rows, updates], { count }) => {
    if (rows?.dtype !== 'i32' || !updates) return 'expected i32 row numbers and updates';
    const lead = updates.shape.slice(0, rows.shape.length);
    if (!sameShape(lead, rows.shape)) return 'the updates do not start with the shape of the row numbers';
    return { shape: [count, ...updates.shape.slice(rows.shape.length)], dtype: updates.dtype };
  },
  gradient: ({ inputs: [rows], dy }) => [null, gather(dy, known(rows, 'rows'))],
  kernel: ({ inputs: [rows, updates], node, allocate }) => {
    const y = allocate();
    const width = sizeOf(node.shape.slice(1));
    rows?.forEach((row, i) => {
      for (let j = 0; j < width; j++) {
        y[row * width + j] = (y[row * width + j] ?? 0) + (updates?.[i * width + j] ?? 0);
      }
    });
    return y;
  },
  // A one-hot product [count, n]·[n, tail]: every runtime computes it the same way each time, which atomic additions
  // on a GPU would not.
  lower: ({ emit, inputs: [rows, updates], nodes, node }) => {
    const [count, tail] = [node.shape[0] ?? 0, sizeOf(node.shape.slice(1))];
    const n = sizeOf(known(nodes[0], 'rows').shape);
    const numbers = emit.tensor(
      i32(
        [count, 1],
        Int32Array.from({ length: count }, (_, i) => i),
      ),
    );
    const asRow = emit.node('Reshape', [known(rows, 'rows'), emit.ints([1, n])]);
    const hot = emit.node('Cast', [emit.node('Equal', [numbers, asRow])], { to: { int: 1 } });
    const flat = emit.node('Reshape', [known(updates, 'updates'), emit.ints([n, tail])]);
    return emit.node('Reshape', [emit.node('Gemm', [hot, flat]), emit.ints(node.shape)]);
  },
});

/** Zeros [count, …] with each update added to its row; the adjoint of `gather`. */
export function scatterAdd(count: number, rows: Node, updates: Node): Node {
  return makeScatterAdd([rows, updates], { count });
}

const makeTakeAlong = definePrimitive<{ axis: number }>({
  name: 'takeAlong',
  infer: ([x, index], { axis }) => {
    if (!x || index?.dtype !== 'i32') return 'expected an operand and i32 indices';
    const fits =
      x.shape.length === index.shape.length &&
      x.shape.every((extent, i) => i === axis || extent === index.shape[i]);
    return fits ? { shape: index.shape, dtype: x.dtype } : `the indices do not line up along axis ${axis}`;
  },
  gradient: ({ inputs: [x, index], attrs, dy }) => {
    const operand = known(x, 'operand');
    return [addAlong(operand.shape, known(index, 'index'), dy, attrs.axis), null];
  },
  kernel: ({ inputs: [x, index], nodes, node, attrs, allocate }) => {
    const y = allocate();
    eachAlong(node.shape, known(nodes[0], 'operand').shape[attrs.axis] ?? 0, attrs.axis, (i, target) => {
      y[i] = x?.[target(index?.[i] ?? 0)] ?? 0;
    });
    return y;
  },
  lower: ({ emit, inputs, attrs }) => emit.node('GatherElements', inputs, { axis: { int: attrs.axis } }),
});

/** y[…, i, …] = x[…, index[…, i, …], …] along `axis`. */
export function takeAlong(x: Node, index: Node, axis: number): Node {
  return makeTakeAlong([x, index], { axis: axis < 0 ? axis + x.shape.length : axis });
}

const makeAddAlong = definePrimitive<{ axis: number; extent: number }>({
  name: 'addAlong',
  infer: ([index, updates], { axis, extent }) =>
    index && updates && sameShape(index.shape, updates.shape)
      ? { shape: index.shape.map((e, i) => (i === axis ? extent : e)), dtype: updates.dtype }
      : 'the indices and updates differ in shape',
  gradient: ({ inputs: [index], attrs, dy }) => [null, takeAlong(dy, known(index, 'index'), attrs.axis)],
  kernel: ({ inputs: [index, updates], nodes, attrs, allocate }) => {
    const y = allocate();
    eachAlong(known(nodes[0], 'index').shape, attrs.extent, attrs.axis, (i, target) => {
      const at = target(index?.[i] ?? 0);
      y[at] = (y[at] ?? 0) + (updates?.[i] ?? 0);
    });
    return y;
  },
  lower: ({ emit, inputs: [index, updates], node, attrs }) => {
    const zero = emit.node('Expand', [emit.float(0), emit.ints(node.shape)]);
    return emit.node('ScatterElements', [zero, known(index, 'index'), known(updates, 'updates')], {
      axis: { int: attrs.axis },
      reduction: { string: 'add' },
    });
  },
});

/** Zeros of `shape` with updates added at `index` along `axis`; the adjoint of `takeAlong`. */
export function addAlong(shape: readonly number[], index: Node, updates: Node, axis: number): Node {
  return makeAddAlong([index, updates], { axis, extent: shape[axis] ?? 0 });
}

/** Visits positions of `shape`; target(j) is where index j along `axis` of extent `extent` lies. */
function eachAlong(
  shape: readonly number[],
  extent: number,
  axis: number,
  visit: (position: number, target: (index: number) => number) => void,
): void {
  const inner = sizeOf(shape.slice(axis + 1));
  const own = shape[axis] ?? 1;
  const total = sizeOf(shape);
  for (let i = 0; i < total; i++) {
    const outer = Math.floor(i / (inner * own));
    visit(i, (index) => (outer * extent + index) * inner + (i % inner));
  }
}

type TopKAttrs = { readonly k: number };
const topKShape = ([x]: readonly Node[], { k }: TopKAttrs) => {
  if (x?.dtype !== 'f32' || x.shape.length === 0) return 'expected an f32 operand with at least one axis';
  const extent = x.shape.at(-1) ?? 0;
  return k >= 1 && k <= extent ? [...x.shape.slice(0, -1), k] : `it cannot give ${k} out of ${extent}`;
};

/** Positions of each row's k largest, largest first; equal values in order of position. */
function largest(row: ArrayLike<number>, start: number, n: number, k: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  order.sort((i, j) => (row[start + j] ?? 0) - (row[start + i] ?? 0) || i - j);
  return order.slice(0, k);
}

const makeTopK = definePrimitive<TopKAttrs>({
  name: 'topK',
  infer: (inputs, attrs) => {
    const shape = topKShape(inputs, attrs);
    return typeof shape === 'string' ? shape : { shape, dtype: 'i32' };
  },
  gradient: () => [null],
  kernel: ({ inputs: [x], nodes, attrs, allocate }) => {
    const y = allocate();
    const n = known(nodes[0], 'operand').shape.at(-1) ?? 1;
    for (let row = 0; x && row * n < x.length; row++) y.set(largest(x, row * n, n, attrs.k), row * attrs.k);
    return y;
  },
  lower: ({ emit, inputs, attrs }) => {
    const [, index] = emit.nodes('TopK', [...inputs, emit.ints([attrs.k])], 2, { axis: { int: -1 } });
    return emit.node('Cast', [known(index, 'index')], { to: { int: 6 } });
  },
});

/** Positions [.., k] (i32) of the k largest along the last axis, largest first. */
export function topKIndices(x: Node, k: number): Node {
  return makeTopK([x], { k });
}

/** The k largest values along the last axis and their positions. */
export function topK(x: Node, k: number): { values: Node; indices: Node } {
  const indices = topKIndices(x, k);
  return { values: takeAlong(x, indices, -1), indices };
}
