// Tensors ⇄ blocks: the tensors of a layer form a group, a group is flattened and cut into blocks of b numbers.
import { UserError } from '../../lib/errors.ts';
import { type Shape, sameShape, showShape, sizeOf } from '../../lib/tensor.ts';

export interface BlockTensor {
  readonly name: string;
  readonly shape: Shape;
}

/** A layer's tensors, which share their statistics (paper, «grouping»). */
export interface BlockGroup {
  readonly name: string;
  readonly tensors: readonly BlockTensor[];
}

export interface GroupPlace extends BlockGroup {
  /** Real numbers in the group. */
  readonly length: number;
  readonly firstBlock: number;
  readonly blocks: number;
}

export interface BlockLayout {
  /** Numbers in a block. */
  readonly size: number;
  /** Blocks in all; their numbers run through the groups. */
  readonly count: number;
  readonly groups: readonly GroupPlace[];
}

export function blockLayout(groups: readonly BlockGroup[], size: number): BlockLayout {
  if (!Number.isInteger(size) || size < 1) {
    throw new UserError(`A block cannot hold ${size} weights; choose a whole number such as 256.`);
  }
  let count = 0;
  const places = groups.map((group): GroupPlace => {
    const length = group.tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const place = { ...group, length, firstBlock: count, blocks: Math.ceil(length / size) };
    count += place.blocks;
    return place;
  });
  return { size, count, groups: places };
}

type Values = Readonly<Record<string, { readonly shape: Shape; readonly data: ArrayLike<number> }>>;

/** [N, b], zero behind a group's last number. */
export function toBlocks(layout: BlockLayout, weights: Values): Float32Array<ArrayBuffer> {
  const blocks = new Float32Array(layout.count * layout.size);
  for (const group of layout.groups) {
    let at = group.firstBlock * layout.size;
    for (const { name, shape } of group.tensors) {
      const weight = weights[name];
      if (!weight) throw new UserError(`The weights lack "${name}", which group ${group.name} is made of.`);
      if (!sameShape(weight.shape, shape)) {
        throw new UserError(`${name} has shape ${showShape(weight.shape)}, expected ${showShape(shape)}.`);
      }
      blocks.set(weight.data, at);
      at += weight.data.length;
    }
  }
  return blocks;
}

/** The tensors again; what stands in the padded tails is dropped. */
export function fromBlocks(layout: BlockLayout, blocks: ArrayLike<number>) {
  if (blocks.length !== layout.count * layout.size) {
    throw new UserError(
      `${blocks.length} numbers are no ${layout.count} blocks of ${layout.size}; was the data cut short?`,
    );
  }
  const all = blocks instanceof Float32Array ? blocks : Float32Array.from(blocks);
  const weights: Record<string, { dtype: 'f32'; shape: Shape; data: Float32Array }> = {};
  for (const group of layout.groups) {
    let at = group.firstBlock * layout.size;
    for (const { name, shape } of group.tensors) {
      weights[name] = { dtype: 'f32', shape, data: all.slice(at, at + sizeOf(shape)) };
      at += sizeOf(shape);
    }
  }
  return weights;
}

/** [N, b]: 1 for a real number, 0 for padding. */
export function blockMask({ size, count, groups }: BlockLayout): Uint8Array {
  const mask = new Uint8Array(count * size);
  for (const { firstBlock, length } of groups) mask.fill(1, firstBlock * size, firstBlock * size + length);
  return mask;
}

/** [N]: the group that each block belongs to. */
export function blockGroups({ count, groups }: BlockLayout): Int32Array {
  const owner = new Int32Array(count);
  groups.forEach(({ firstBlock, blocks }, i) => {
    owner.fill(i, firstBlock, firstBlock + blocks);
  });
  return owner;
}
