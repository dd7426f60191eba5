// Operations that move elements: reshape, transpose, slice, concatenation, padding, broadcasting, selection, casts.
import { known } from '../../lib/errors.ts';
import { type DType, type Shape, sameShape, showShape, sizeOf, stridesOf } from '../../lib/tensor.ts';
import { broadcastShapes, broadcastStrides, walk } from '../broadcast.ts';
import type { Node } from '../graph.ts';
import { definePrimitive } from '../primitive.ts';
import { zeros } from './leaf.ts';
import { sumTo } from './reduce.ts';

const makeReshape = definePrimitive<{ shape: Shape }>({
  name: 'reshape',
  infer: ([x], { shape }) => {
    if (!x) return 'expected an operand';
    return sizeOf(shape) === sizeOf(x.shape)
      ? { shape, dtype: x.dtype }
      : `${showShape(shape)} has ${sizeOf(shape)} elements, the operand has ${sizeOf(x.shape)}`;
  },
  gradient: ({ inputs: [x], dy }) => [reshape(dy, known(x, 'operand').shape)],
  kernel: ({ inputs: [x] }) => known(x, 'operand'),
  lower: ({ emit, inputs, attrs }) => emit.node('Reshape', [...inputs, emit.ints(attrs.shape)]),
});

export function reshape(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : makeReshape([x], { shape });
}

const makeTranspose = definePrimitive<{ perm: readonly number[] }>({
  name: 'transpose',
  infer: ([x], { perm }) => {
    if (!x) return 'expected an operand';
    const seen = new Set(perm);
    if (
      perm.length !== x.shape.length ||
      seen.size !== perm.length ||
      perm.some((p) => p < 0 || p >= perm.length)
    ) {
      return `${showShape(perm)} is not a permutation of its ${x.shape.length} axes`;
    }
    return { shape: perm.map((axis) => x.shape[axis] ?? 1), dtype: x.dtype };
  },
  gradient: ({ dy, attrs }) => {
    const inverse = attrs.perm.map((_, axis) => attrs.perm.indexOf(axis));
    return [transpose(dy, inverse)];
  },
  kernel: ({ inputs: [x], nodes, node, attrs, allocate }) => {
    const y = allocate();
    const own = stridesOf(known(nodes[0], 'operand').shape);
    const strides = [attrs.perm.map((axis) => own[axis] ?? 0)];
    if (x) walk(node.shape, strides, (i, offsets) => (y[i] = x[offsets[0] ?? 0] ?? 0));
    return y;
  },
  lower: ({ emit, inputs, attrs }) => emit.node('Transpose', inputs, { perm: { ints: attrs.perm } }),
});

export function transpose(x: Node, perm: readonly number[]): Node {
  return perm.every((axis, i) => axis === i) && perm.length === x.shape.length
    ? x
    : makeTranspose([x], { perm });
}

/** Exchanges two axes; negative ones count from the end. */
export function swapAxes(x: Node, a: number, b: number): Node {
  const perm = x.shape.map((_, axis) => axis);
  const [i, j] = [a < 0 ? a + perm.length : a, b < 0 ? b + perm.length : b];
  [perm[i], perm[j]] = [perm[j] ?? j, perm[i] ?? i];
  return transpose(x, perm);
}

const makeSlice = definePrimitive<{ starts: readonly number[]; ends: readonly number[] }>({
  name: 'slice',
  infer: ([x], { starts, ends }) => {
    if (!x) return 'expected an operand';
    const fits =
      starts.length === x.shape.length &&
      ends.length === x.shape.length &&
      x.shape.every((extent, axis) => {
        const [start, end] = [starts[axis] ?? -1, ends[axis] ?? -1];
        return 0 <= start && start <= end && end <= extent;
      });
    if (!fits) return `the range ${showShape(starts)} to ${showShape(ends)} lies outside`;
    return { shape: starts.map((start, axis) => (ends[axis] ?? 0) - start), dtype: x.dtype };
  },
  gradient: ({ inputs: [x], attrs, dy }) => {
    const shape = known(x, 'operand').shape;
    return [
      pad(
        dy,
        attrs.starts,
        shape.map((extent, axis) => extent - (attrs.ends[axis] ?? 0)),
      ),
    ];
  },
  kernel: ({ inputs: [x], nodes, node, attrs, allocate }) => {
    const y = allocate();
    const strides = stridesOf(known(nodes[0], 'operand').shape);
    const base = attrs.starts.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0);
    if (x) walk(node.shape, [strides], (i, offsets) => (y[i] = x[base + (offsets[0] ?? 0)] ?? 0));
    return y;
  },
  lower: ({ emit, inputs, attrs, nodes }) => {
    const shape = known(nodes[0], 'operand').shape;
    const axes = shape
      .map((_, axis) => axis)
      .filter((axis) => attrs.starts[axis] !== 0 || attrs.ends[axis] !== shape[axis]);
    const pick = (values: readonly number[]) => emit.ints(axes.map((axis) => values[axis] ?? 0));
    return emit.node('Slice', [...inputs, pick(attrs.starts), pick(attrs.ends), emit.ints(axes)]);
  },
});

/** Elements start ≤ index < end along one axis; negative axes count from the end. */
export function slice(x: Node, axis: number, start: number, end: number): Node {
  const at = axis < 0 ? axis + x.shape.length : axis;
  if (start === 0 && end === x.shape[at]) return x;
  const starts = x.shape.map((_, i) => (i === at ? start : 0));
  const ends = x.shape.map((extent, i) => (i === at ? end : extent));
  return makeSlice([x], { starts, ends });
}

/** `parts` equal slices along an axis. */
export function split(x: Node, axis: number, parts: number): Node[] {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const width = (x.shape[at] ?? 0) / parts;
  return Array.from({ length: parts }, (_, i) => slice(x, at, i * width, (i + 1) * width));
}

// A WebGPU kernel may bind ten storage buffers, so wide concatenations are built as trees (spec/engine §5.7).
const maxConcatInputs = 8;

const makeConcat = definePrimitive<{ axis: number }>({
  name: 'concat',
  infer: (inputs, { axis }) => {
    const first = inputs[0];
    if (!first) return 'expected at least one operand';
    const fits = inputs.every(
      (x) =>
        x.dtype === first.dtype &&
        x.shape.length === first.shape.length &&
        x.shape.every((extent, i) => i === axis || extent === first.shape[i]),
    );
    if (!fits || axis < 0 || axis >= first.shape.length)
      return `the operands do not line up along axis ${axis}`;
    const total = inputs.reduce((sum, x) => sum + (x.shape[axis] ?? 0), 0);
    return { shape: first.shape.map((extent, i) => (i === axis ? total : extent)), dtype: first.dtype };
  },
  gradient: ({ inputs, attrs, dy }) => {
    let start = 0;
    return inputs.map((x) => {
      const end = start + (x.shape[attrs.axis] ?? 0);
      const part = slice(dy, attrs.axis, start, end);
      start = end;
      return part;
    });
  },
  kernel: ({ inputs, nodes, node, attrs, allocate }) => {
    const y = allocate();
    const outer = sizeOf(node.shape.slice(0, attrs.axis));
    const row = sizeOf(node.shape.slice(attrs.axis));
    let start = 0;
    inputs.forEach((x, k) => {
      const width = sizeOf(known(nodes[k], 'operand').shape.slice(attrs.axis));
      for (let o = 0; o < outer; o++) y.set(x.subarray(o * width, (o + 1) * width), o * row + start);
      start += width;
    });
    return y;
  },
  lower: ({ emit, inputs, attrs }) => emit.node('Concat', inputs, { axis: { int: attrs.axis } }),
});

export function concat(parts: readonly Node[], axis: number): Node {
  const only = parts[0];
  if (parts.length === 1 && only) return only;
  const at = axis < 0 ? axis + (only?.shape.length ?? 0) : axis;
  if (parts.length <= maxConcatInputs) return makeConcat(parts, { axis: at });
  const groups: Node[] = [];
  for (let i = 0; i < parts.length; i += maxConcatInputs) {
    groups.push(concat(parts.slice(i, i + maxConcatInputs), at));
  }
  return concat(groups, at);
}

const makePad = definePrimitive<{ before: readonly number[]; after: readonly number[] }>({
  name: 'pad',
  infer: ([x], { before, after }) => {
    if (!x) return 'expected an operand';
    const rank = x.shape.length;
    if (before.length !== rank || after.length !== rank || [...before, ...after].some((n) => n < 0)) {
      return `the padding ${showShape(before)}, ${showShape(after)} does not fit its rank`;
    }
    const shape = x.shape.map((extent, axis) => extent + (before[axis] ?? 0) + (after[axis] ?? 0));
    return { shape, dtype: x.dtype };
  },
  gradient: ({ inputs: [x], attrs, dy }) => {
    const shape = known(x, 'operand').shape;
    const ends = shape.map((extent, axis) => extent + (attrs.before[axis] ?? 0));
    return [makeSlice([dy], { starts: attrs.before, ends })];
  },
  kernel: ({ inputs: [x], nodes, node, attrs, allocate }) => {
    const y = allocate();
    const strides = stridesOf(node.shape);
    const base = attrs.before.reduce((sum, n, axis) => sum + n * (strides[axis] ?? 0), 0);
    const shape = known(nodes[0], 'operand').shape;
    if (x) walk(shape, [strides], (i, offsets) => (y[base + (offsets[0] ?? 0)] = x[i] ?? 0));
    return y;
  },
  lower: ({ emit, inputs, attrs }) =>
    emit.node('Pad', [...inputs, emit.ints([...attrs.before, ...attrs.after])]),
});

/** Zeros around x: `before` and `after` elements along each axis. */
export function pad(x: Node, before: readonly number[], after: readonly number[]): Node {
  return [...before, ...after].every((n) => n === 0) ? x : makePad([x], { before, after });
}

/** Zeros before and after x along one axis. */
export function padAxis(x: Node, axis: number, before: number, after: number): Node {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const along = (n: number) => x.shape.map((_, i) => (i === at ? n : 0));
  return pad(x, along(before), along(after));
}

const makeBroadcast = definePrimitive<{ shape: Shape }>({
  name: 'broadcast',
  infer: ([x], { shape }) => {
    const result = x && broadcastShapes(x.shape, shape);
    return x && result && sameShape(result, shape)
      ? { shape, dtype: x.dtype }
      : `it does not broadcast to ${showShape(shape)}`;
  },
  gradient: ({ inputs: [x], dy }) => [sumTo(dy, known(x, 'operand').shape)],
  kernel: ({ inputs: [x], nodes, node, allocate }) => {
    const y = allocate();
    const strides = [broadcastStrides(known(nodes[0], 'operand').shape, node.shape)];
    if (x) walk(node.shape, strides, (i, offsets) => (y[i] = x[offsets[0] ?? 0] ?? 0));
    return y;
  },
  lower: ({ emit, inputs, attrs }) => emit.node('Expand', [...inputs, emit.ints(attrs.shape)]),
});

export function broadcast(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : makeBroadcast([x], { shape });
}

const makeSelect = definePrimitive({
  name: 'select',
  infer: ([condition, a, b]) => {
    if (!condition || !a || !b) return 'expected three operands';
    if (condition.dtype !== 'bool' || a.dtype !== b.dtype)
      return 'expected a bool and two operands of one type';
    const pair = broadcastShapes(a.shape, b.shape);
    const shape = pair && broadcastShapes(condition.shape, pair);
    return shape ? { shape, dtype: a.dtype } : 'the shapes do not broadcast';
  },
  gradient: ({ inputs: [condition, a, b], dy }) => {
    if (!condition || !a || !b || a.dtype !== 'f32') return [null, null, null];
    const none = zeros([]);
    return [null, sumTo(select(condition, dy, none), a.shape), sumTo(select(condition, none, dy), b.shape)];
  },
  kernel: ({ inputs: [condition, a, b], nodes, node, allocate }) => {
    const y = allocate();
    const strides = nodes.map((x) => broadcastStrides(x.shape, node.shape));
    if (condition && a && b) {
      walk(node.shape, strides, (i, offsets) => {
        y[i] = (condition[offsets[0] ?? 0] ? a[offsets[1] ?? 0] : b[offsets[2] ?? 0]) ?? 0;
      });
    }
    return y;
  },
  lower: ({ emit, inputs }) => emit.node('Where', inputs),
});

/** a where the condition holds, else b. */
export function select(condition: Node, a: Node, b: Node): Node {
  return makeSelect([condition, a, b], {});
}

const onnxTypes: Record<DType, number> = { f32: 1, f16: 10, i32: 6, bool: 9 };

const makeCast = definePrimitive<{ to: DType }>({
  name: 'cast',
  infer: ([x], { to }) => (x ? { shape: x.shape, dtype: to } : 'expected an operand'),
  gradient: ({ inputs: [x], attrs, dy }) => {
    const from = known(x, 'operand').dtype;
    const flows = attrs.to.startsWith('f') && from.startsWith('f');
    return [flows ? cast(dy, from) : null];
  },
  kernel: ({ inputs: [x], attrs, allocate }) => {
    const y = allocate();
    if (x) {
      for (let i = 0; i < x.length; i++) {
        const value = x[i] ?? 0;
        if (attrs.to === 'bool') y[i] = value ? 1 : 0;
        else y[i] = attrs.to === 'i32' ? Math.trunc(value) : value;
      }
    }
    return y;
  },
  lower: ({ emit, inputs, attrs }) => emit.node('Cast', inputs, { to: { int: onnxTypes[attrs.to] } }),
});

/** Converts between types; f32 to i32 truncates. f16 is part of the type system; no kernel computes in it yet. */
export function cast(x: Node, to: DType): Node {
  return x.dtype === to ? x : makeCast([x], { to });
}

const makeStop = definePrimitive({
  name: 'stopGradient',
  infer: ([x]) => (x ? { shape: x.shape, dtype: x.dtype } : 'expected an operand'),
  gradient: () => [null],
  kernel: ({ inputs: [x] }) => known(x, 'operand'),
  lower: ({ inputs: [x] }) => known(x, 'operand'),
});

/** x, through which no gradient flows (PyTorch's detach). */
export function stopGradient(x: Node): Node {
  return makeStop([x], {});
}
