// Rules by which tensors form groups before they are cut into blocks. The paper's first rule is one group a layer; the
// wording of its other two is not known here, so these alternatives are ours.
import { UserError } from '../../lib/errors.ts';
import type { BlockGroup } from './blocks.ts';

export const groupingRules = {
  /** A layer's update and normalisation together. */
  layer: (groups: readonly BlockGroup[]) => groups,
  /** Every tensor for itself: tails are padded more often. */
  tensor: (groups: readonly BlockGroup[]) =>
    groups.flatMap(({ tensors }) => tensors.map((tensor) => ({ name: tensor.name, tensors: [tensor] }))),
  /** Everything in one row: blocks straddle layers. */
  one: (groups: readonly BlockGroup[]) => [
    { name: 'all', tensors: groups.flatMap(({ tensors }) => tensors) },
  ],
} as const satisfies Record<string, (groups: readonly BlockGroup[]) => readonly BlockGroup[]>;

export type GroupingRule = keyof typeof groupingRules;

export const groupingWords: Readonly<Record<GroupingRule, string>> = {
  layer: 'a group a layer',
  tensor: 'a group a tensor',
  one: 'all layers in one group',
};

export function groupingRule(name: string): GroupingRule {
  if (name === 'layer' || name === 'tensor' || name === 'one') return name;
  throw new UserError(`There is no grouping rule "${name}"; choose layer, tensor or one.`);
}
