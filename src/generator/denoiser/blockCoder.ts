// Adapter vectors ⇄ the blocks that a generator's net reads and writes, in the coordinates that its config names.
import { FileError } from '../../lib/errors.ts';
import { sameShape, sizeOf } from '../../lib/tensor.ts';
import type { BlockGroup, BlockLayout } from '../blocks/blocks.ts';
import { groupingRules } from '../blocks/grouping.ts';
import {
  type Components,
  componentLayout,
  componentsOf,
  fromComponents,
  toComponents,
} from '../dataset/components.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import { adapterGroups, adapterLayout } from '../translator/adapter.ts';
import type { TranslatorConfig } from '../translator/configuration.ts';
import { blocksOf, type DenoiserConfig } from './config.ts';
import { blocksOfVector, vectorOfBlocks } from './vectors.ts';

export interface BlockCoder {
  readonly layout: BlockLayout;
  /** What a file must hold to be read again; nothing where blocks hold weights. */
  readonly components: Components | undefined;
  /** Normalised adapter vector [P] → [N, b]. */
  encode(vector: ArrayLike<number>): Float32Array;
  /** [N, b] → [P]. */
  decode(blocks: ArrayLike<number>): Float32Array;
}

type Config = Pick<DenoiserConfig, 'blockSize' | 'grouping' | 'coordinates' | 'components'>;

const mostOf = ({ components, blockSize }: Config) => components ?? blockSize;

/** Learns the components from the training checkpoints where the config asks for them. */
export function learntCoder(config: Config, data: WeightDataSet): BlockCoder {
  if (config.coordinates !== 'components') return weightCoder(config, data.config);
  const training = data.entries.filter(({ use }) => use === 'train').flatMap(({ vectors }) => vectors);
  const groups = groupsOf(config, data.config);
  return componentCoder(config, groups, componentsOf(groups, training, mostOf(config)));
}

/** @throws FileError when the components are not those of this translator */
export function writtenCoder(
  config: Config,
  translator: TranslatorConfig,
  components: Components | undefined,
  name: string,
): BlockCoder {
  if (config.coordinates !== 'components') return weightCoder(config, translator);
  const groups = groupsOf(config, translator);
  for (const [group, shape] of componentShapes(config, translator)) {
    const tensor = components?.[group];
    if (!tensor || !sameShape(tensor.shape, shape)) {
      throw new FileError(`${name} lacks the components of ${group}; make it again with generator:train.`);
    }
  }
  return componentCoder(config, groups, components ?? {});
}

/** Shapes of the components by their group. */
export function componentShapes(
  config: Config,
  translator: TranslatorConfig,
): (readonly [name: string, shape: readonly [number, number]])[] {
  if (config.coordinates !== 'components') return [];
  const groups = groupsOf(config, translator);
  const { groups: places } = componentLayout(groups, mostOf(config), config.blockSize);
  return groups.map(({ name, tensors }, g) => [
    name,
    [places[g]?.length ?? 0, tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)],
  ]);
}

function groupsOf({ grouping }: Config, translator: TranslatorConfig): readonly BlockGroup[] {
  return groupingRules[grouping](adapterGroups(translator));
}

function weightCoder(config: Config, translator: TranslatorConfig): BlockCoder {
  const layout = blocksOf(config, translator);
  const vectors = adapterLayout(translator);
  return {
    layout,
    components: undefined,
    encode: (vector) => blocksOfVector(layout, vectors, vector),
    decode: (blocks) => vectorOfBlocks(layout, vectors, blocks),
  };
}

function componentCoder(config: Config, groups: readonly BlockGroup[], components: Components): BlockCoder {
  const layout = componentLayout(groups, mostOf(config), config.blockSize);
  return {
    layout,
    components,
    encode: (vector) => toComponents(layout, groups, components, vector),
    decode: (blocks) => fromComponents(layout, groups, components, blocks),
  };
}
