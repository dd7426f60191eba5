// Trained weights as one flat vector. The optimizer, the gradient norm, the average and a checkpoint then need a handful
// of operations whatever the model; its tensors are views cut from the vector.
import { concat, type Node, reshape, slice } from '../graph/index.ts';
import { known, UserError } from '../lib/errors.ts';
import { f32, type Shape, sameShape, showShape, sizeOf, type Tensor } from '../lib/tensor.ts';

export interface ParameterEntry {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
}

export interface ParameterLayout {
  readonly entries: readonly ParameterEntry[];
  /** Elements in all. */
  readonly size: number;
}

/** Tensors one after another, in the order given. */
export function layoutOf(shapes: Iterable<readonly [string, Shape]>): ParameterLayout {
  const entries: ParameterEntry[] = [];
  let offset = 0;
  for (const [name, shape] of shapes) {
    const size = sizeOf(shape);
    entries.push({ name, shape, offset, size });
    offset += size;
  }
  return { entries, size: offset };
}

/** @throws UserError when a tensor is missing or has another shape */
export function pack(
  layout: ParameterLayout,
  weights: Readonly<Record<string, Tensor>>,
): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(layout.size);
  for (const { name, shape, offset } of layout.entries) {
    const weight = weights[name];
    if (!weight) throw new UserError(`The weights lack "${name}"; is this file of the same model?`);
    if (!sameShape(weight.shape, shape)) {
      throw new UserError(`${name} has shape ${showShape(weight.shape)}, expected ${showShape(shape)}.`);
    }
    flat.set(weight.data, offset);
  }
  return flat;
}

export function unpack(layout: ParameterLayout, flat: ArrayLike<number>): Record<string, Tensor> {
  const all = flat instanceof Float32Array ? flat : Float32Array.from(flat);
  return Object.fromEntries(
    layout.entries.map(({ name, shape, offset, size }) => [
      name,
      f32(shape, all.slice(offset, offset + size)),
    ]),
  );
}

/** The tensors as nodes, cut from the vector [size]. */
export function cut(layout: ParameterLayout, flat: Node): ReadonlyMap<string, Node> {
  return new Map(
    layout.entries.map(({ name, shape, offset, size }) => [
      name,
      reshape(slice(flat, 0, offset, offset + size), shape),
    ]),
  );
}

/** Per-tensor nodes, in the layout's order, as one vector [size]. */
export function join(layout: ParameterLayout, parts: readonly Node[]): Node {
  return concat(
    layout.entries.map(({ size }, i) => reshape(known(parts[i], 'part'), [size])),
    0,
  );
}
