// Leaves of the graph: named inputs and constants.
import { assert } from '../../lib/errors.ts';
import { type DType, f32, i32, type Shape, sizeOf, type Tensor } from '../../lib/tensor.ts';
import type { Node } from '../graph.ts';
import { definePrimitive } from '../primitive.ts';

const never = () => {
  throw new Error('Bug: a leaf has no kernel, gradient or lowering of its own');
};

const makeInput = definePrimitive<{ name: string; dtype: string; shape: readonly number[] }>({
  name: 'input',
  infer: (_, attrs) => {
    if (!attrs.shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
      return `input "${attrs.name}" has no valid static shape`;
    }
    return { shape: attrs.shape, dtype: dtypes[attrs.dtype] ?? 'f32' };
  },
  gradient: () => [],
  kernel: never,
  lower: never,
});
const dtypes: Record<string, DType> = { f32: 'f32', f16: 'f16', i32: 'i32', bool: 'bool' };

/** A value that is fed on every run. Names are unique within a graph. */
export function input(name: string, shape: Shape, dtype: DType = 'f32'): Node {
  return makeInput([], { name, dtype, shape });
}

const makeConstant = definePrimitive<{ value: Tensor }>({
  name: 'constant',
  infer: (_, { value }) => ({ shape: value.shape, dtype: value.dtype }),
  gradient: () => [],
  kernel: never,
  lower: ({ emit, attrs }) => emit.tensor(attrs.value),
});

/** A value that is part of the graph. */
export function constant(value: Tensor): Node {
  return makeConstant([], { value });
}

/** A scalar, kept in double precision until an engine rounds it. */
export function scalarOf(value: number): Node {
  return constant({ dtype: 'f32', shape: [], data: Float64Array.of(value) });
}

export function zeros(shape: Shape): Node {
  return constant(f32(shape, new Float32Array(sizeOf(shape))));
}

/** 0, 1, …, n−1 as i32. */
export function iota(n: number): Node {
  return constant(
    i32(
      [n],
      Array.from({ length: n }, (_, i) => i),
    ),
  );
}

export function constantValue(node: Node): Tensor {
  const value = node.attrs.value;
  assert(node.op === 'constant' && typeof value === 'object' && 'data' in value, () => 'not a constant');
  return value;
}
