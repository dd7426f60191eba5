// A tensor in host memory: what files, engines and loops hand to each other.
import { ShapeError } from './errors.ts';

/** Element types of the graph. `bool` is stored as one byte; `f16` as its 16-bit pattern. */
export type DType = 'f32' | 'f16' | 'i32' | 'bool';
export type Shape = readonly number[];

/** f32 data may be held in a Float64Array by the reference engine in double precision. */
export type TensorData = Float32Array | Float64Array | Uint16Array | Int32Array | Uint8Array;

export interface Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TensorData;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function tensor(dtype: DType, shape: Shape, data: TensorData): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `A tensor of shape ${showShape(shape)} needs ${sizeOf(shape)} elements, got ${data.length}.`,
    );
  }
  return { dtype, shape, data };
}

export function f32(shape: Shape, data: ArrayLike<number>): Tensor {
  return tensor('f32', shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

export function i32(shape: Shape, data: ArrayLike<number>): Tensor {
  return tensor('i32', shape, data instanceof Int32Array ? data : Int32Array.from(data));
}

export function scalar(value: number): Tensor {
  return f32([], [value]);
}

export const bytesPerElement: Record<DType, number> = { f32: 4, f16: 2, i32: 4, bool: 1 };
