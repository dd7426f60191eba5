// Numpy broadcasting: result shapes, and index walking for the reference kernels.
import { type Shape, sizeOf, stridesOf } from '../lib/tensor.ts';

/** The common shape of two operands, or undefined where they do not broadcast. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

/** Strides of `shape` seen as `result`: zero along broadcast axes. */
export function broadcastStrides(shape: Shape, result: Shape): number[] {
  const own = stridesOf(shape);
  const offset = result.length - shape.length;
  return result.map((_, axis) => {
    const i = axis - offset;
    return i < 0 || shape[i] === 1 ? 0 : (own[i] ?? 0);
  });
}

/** Calls `visit(position, offset of each operand)` for every element of `shape` in row-major order. */
export function walk(
  shape: Shape,
  strides: readonly (readonly number[])[],
  visit: (position: number, offsets: Int32Array) => void,
): void {
  const total = sizeOf(shape);
  const rank = shape.length;
  const index = new Int32Array(rank);
  const offsets = new Int32Array(strides.length);
  for (let position = 0; position < total; position++) {
    visit(position, offsets);
    for (let axis = rank - 1; axis >= 0; axis--) {
      const extent = shape[axis] ?? 1;
      const next = (index[axis] ?? 0) + 1;
      const wrapped = next === extent;
      index[axis] = wrapped ? 0 : next;
      for (let k = 0; k < strides.length; k++) {
        const stride = strides[k]?.[axis] ?? 0;
        offsets[k] = (offsets[k] ?? 0) + (wrapped ? stride * (1 - extent) : stride);
      }
      if (!wrapped) break;
    }
  }
}
