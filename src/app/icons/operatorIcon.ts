// Which glyph stands for which operator: by the family its id names, a plain hexagon for the rest.
import type { IconName } from './shapes.ts';

const families: readonly (readonly [RegExp, IconName])[] = [
  [/^swa|window/, 'window'],
  [/hyena/, 'hyena'],
  [/mamba/, 'mamba'],
  [/^mha|attention/, 'attention'],
  [/moe/, 'moe'],
  [/mlp/, 'mlp'],
];

export function operatorIcon(operatorId: string): IconName {
  return families.find(([family]) => family.test(operatorId))?.[1] ?? 'operator';
}
