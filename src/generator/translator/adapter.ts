// What makes a translator draw a concept: per layer, its low-rank update and its normalisation. This is what is
// fine-tuned for a concept, and what the weight generator writes.
import { known } from '../../lib/errors.ts';
import { layoutOf, type ParameterLayout } from '../../train/parameters.ts';
import type { BlockGroup } from '../blocks/blocks.ts';
import type { NamedShape } from '../layers/textTransformer.ts';
import type { TranslatorConfig } from './configuration.ts';
import { baseShapes, loraLayers, loraNames, loraShapes } from './shape.ts';

/**
 * One group a layer: down where it is trained, up, and the normalisation's scale and bias (paper §1.5). The head has no
 * normalisation; that its bias takes that place is our choice.
 */
export function adapterGroups({ shape, ranks, down: kept }: TranslatorConfig): BlockGroup[] {
  const extents = new Map([...loraShapes(shape, ranks), ...baseShapes(shape)]);
  return loraLayers.map((layer) => {
    const { down, up } = loraNames(layer);
    const lora = kept === 'frozen' ? [up] : [down, up];
    const affine = layer === 'head' ? ['head.conv.bias'] : [`${layer}.bn.weight`, `${layer}.bn.bias`];
    return {
      name: layer,
      tensors: [...lora, ...affine].map((name) => ({ name, shape: known(extents.get(name), name) })),
    };
  });
}

/** Down projections that belong to the base, since no adapter trains them. */
export function frozenDownShapes({ shape, ranks, down }: TranslatorConfig): NamedShape[] {
  if (down !== 'frozen') return [];
  const downs = new Set(loraLayers.map((layer) => loraNames(layer).down));
  return loraShapes(shape, ranks).filter(([name]) => downs.has(name));
}

/** All of them as one vector, in the groups' order. */
export function adapterLayout(config: TranslatorConfig): ParameterLayout {
  return layoutOf(
    adapterGroups(config).flatMap(({ tensors }) => tensors.map(({ name, shape }) => [name, shape] as const)),
  );
}
