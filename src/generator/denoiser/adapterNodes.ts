// From blocks to adapters inside a graph, as BlockCoder.decode and `denormalised` go outside of one.
import { add, concat, constant, matmul, mul, type Node, slice } from '../../graph/index.ts';
import { assert, known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import type { BlockCoder } from './blockCoder.ts';

type Adapters = Pick<WeightDataSet, 'layout' | 'normalisation'>;

/**
 * Blocks [C, N·b] → normalised adapters [C, P], as the coder takes them back.
 * @param holding how the components of a group enter the graph: as constants, unless a program is to be small
 */
export function normalisedRows(
  { layout }: Pick<Adapters, 'layout'>,
  coder: BlockCoder,
  blocks: Node,
  holding: (group: string, components: Tensor) => Node = (_, components) => constant(components),
): Node {
  const { groups, size } = coder.layout;
  const parts = groups.map(({ name, firstBlock, length }) => {
    const own = slice(blocks, 1, firstBlock * size, firstBlock * size + length);
    const components = coder.components?.[name];
    return components ? matmul(own, holding(name, components)) : own;
  });
  const normalised = concat(parts, 1);
  assert(normalised.shape[1] === layout.size, () => 'the groups are not in the order of the adapter');
  return normalised;
}

/** [C, P] → [C, P]: the tensors' scales and the mean adapter put back. */
export function denormalisedRows({ layout, normalisation }: Adapters, normalised: Node): Node {
  const scale = new Float32Array(layout.size);
  layout.entries.forEach(({ offset, size }, n) => {
    scale.fill(known(normalisation.scale[n], 'scale'), offset, offset + size);
  });
  const row = (values: Float32Array): Tensor => f32([1, layout.size], values);
  return add(mul(normalised, constant(row(scale))), constant(row(normalisation.centre)));
}
