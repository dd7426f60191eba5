// An operator's weights as blocks, and as deviations from what it inherits.
import { operatorById } from '../../operators/index.ts';
import type { SlotSite, Weights } from '../../operators/operator.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { layoutOf, type ParameterLayout, pack } from '../../train/parameters.ts';
import type { BlockGroup } from '../blocks/blocks.ts';

/** One group a layer of the operator: `Wqkv.weight` and `Wqkv.bias` together. */
export function operatorGroups(operator: string, config: OperatorConfig, site: SlotSite): BlockGroup[] {
  const groups = new Map<string, { name: string; tensors: { name: string; shape: readonly number[] }[] }>();
  for (const { name, shape } of operatorById(operator).parameters(config, site)) {
    const place = name.slice(0, Math.max(0, name.lastIndexOf('.'))) || name;
    const group = groups.get(place) ?? { name: place, tensors: [] };
    group.tensors.push({ name, shape });
    groups.set(place, group);
  }
  return [...groups.values()];
}

export function operatorLayout(operator: string, config: OperatorConfig, site: SlotSite): ParameterLayout {
  const specs = operatorById(operator).parameters(config, site);
  return layoutOf(specs.map(({ name, shape }) => [name, shape] as const));
}

/**
 * What an operator takes over from the teacher's, as a vector [P]: the generator then writes only what stage 1 adds.
 * Zero where nothing can be inherited. Copying is a start of no cost, and the one to beat (spec §3.3).
 */
export function inheritedVector(
  operator: string,
  config: OperatorConfig,
  site: SlotSite,
  teacher: Weights,
): Float32Array<ArrayBuffer> {
  const layout = operatorLayout(operator, config, site);
  const taken = operatorById(operator).inherit?.({ weights: teacher }, config, site);
  return taken ? pack(layout, taken) : new Float32Array(layout.size);
}
