// Every family of filters.
import { UserError } from '../../../lib/errors.ts';
import { colourFamilies } from './colour.ts';
import type { FilterFamily } from './filter.ts';
import { neighbourFamilies } from './neighbours.ts';
import { patternFamilies } from './pattern.ts';

export const filterFamilies: readonly FilterFamily[] = [
  ...colourFamilies,
  ...neighbourFamilies,
  ...patternFamilies,
];

export function filterFamily(id: string): FilterFamily {
  const family = filterFamilies.find((candidate) => candidate.id === id);
  if (family) return family;
  throw new UserError(
    `There is no filter family "${id}"; there are ${filterFamilies.map((f) => f.id).join(', ')}.`,
  );
}
