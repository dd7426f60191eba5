// Adapters in the coordinates in which they differ: per group of tensors, the principal components of the trained ones.
// A handful of components holds most of what a concept changes, whereas in coordinates of weights it is spread over all
// of them. Ours; the paper says nothing of it (PCA spaces of adapters: weights2weights, arXiv 2406.09413).
import { known } from '../../lib/errors.ts';
import { f32, sizeOf, type Tensor } from '../../lib/tensor.ts';
import { type BlockGroup, type BlockLayout, blockLayout } from '../blocks/blocks.ts';
import { principalComponents } from './principal.ts';

/**
 * Of each group by its name: [k, L], rows orthogonal, the component of the largest variance first. A row's length is
 * the fourth root of its variance: numbers along it then spread by that root, and the net, which normalises what it
 * reads, sees the small components beside the large ones. A vector is the sum of its numbers times the rows.
 */
export type Components = Readonly<Record<string, Tensor>>;

const lengthPower = 1 / 4;

/** How many components a group of so many numbers has. */
const rank = (length: number, most: number) => Math.min(length, most);

/** Blocks of b that hold each group's components instead of its numbers, at most so many of a group. */
export function componentLayout(groups: readonly BlockGroup[], most: number, b = most): BlockLayout {
  return blockLayout(
    groups.map(({ name, tensors }) => ({
      name,
      tensors: [{ name, shape: [rank(lengthOf(tensors), most)] }],
    })),
    b,
  );
}

/**
 * @param groups in the order of the vectors' numbers
 * @param vectors normalised, so that their mean is zero
 */
export function componentsOf(
  groups: readonly BlockGroup[],
  vectors: readonly Float32Array[],
  most: number,
): Components {
  return Object.fromEntries(
    segments(groups).map(({ name, offset, length }) => {
      const count = rank(length, most);
      const own = vectors.map((vector) => vector.subarray(offset, offset + length));
      const { components, energies } = principalComponents(own, count);
      const rows = components.map((value, i) => {
        const variance = known(energies[Math.floor(i / length)], 'energy') / own.length;
        return variance ** lengthPower * value;
      });
      return [name, f32([count, length], rows)];
    }),
  );
}

/** [P] → [N, b]; groups of fewer components leave the tail of their block empty. */
export function toComponents(
  layout: BlockLayout,
  groups: readonly BlockGroup[],
  components: Components,
  vector: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const blocks = new Float32Array(layout.count * layout.size);
  segments(groups).forEach(({ name, offset, length }, g) => {
    const { data, shape } = known(components[name], name);
    const start = known(layout.groups[g], name).firstBlock * layout.size;
    for (let k = 0; k < (shape[0] ?? 0); k++) {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < length; i++) {
        const value = data[k * length + i] ?? 0;
        sum += value * (vector[offset + i] ?? 0);
        squares += value ** 2;
      }
      blocks[start + k] = squares > 0 ? sum / squares : 0;
    }
  });
  return blocks;
}

/** [N, b] → [P]. */
export function fromComponents(
  layout: BlockLayout,
  groups: readonly BlockGroup[],
  components: Components,
  blocks: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const all = segments(groups);
  const vector = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  all.forEach(({ name, offset, length }, g) => {
    const { data, shape } = known(components[name], name);
    const start = known(layout.groups[g], name).firstBlock * layout.size;
    for (let k = 0; k < (shape[0] ?? 0); k++) {
      const value = blocks[start + k] ?? 0;
      for (let i = 0; i < length; i++) {
        vector[offset + i] = (vector[offset + i] ?? 0) + value * (data[k * length + i] ?? 0);
      }
    }
  });
  return vector;
}

function segments(groups: readonly BlockGroup[]) {
  let offset = 0;
  return groups.map(({ name, tensors }) => {
    const segment = { name, offset, length: lengthOf(tensors) };
    offset += segment.length;
    return segment;
  });
}

function lengthOf(tensors: BlockGroup['tensors']): number {
  return tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
