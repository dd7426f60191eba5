// Concepts as the page sees them: what each is called, and whether the generator was trained on it.
import { type Concept, concept, filterStep, phraseOf, styleSets } from '../../generator/concepts/concept.ts';
import { filterFamilies } from '../../generator/concepts/filters/index.ts';
import { conceptSplit, heldOutFamilies } from '../../generator/concepts/split.ts';
import type { ConceptInfo, ConceptPart, Suggestion } from '../generatorProtocol.ts';

/** The level that stands for its family until something is typed. */
const usualLevel = 5;

let parts: ReadonlyMap<string, ConceptPart> | undefined;

/** A pair that nobody drew for the data set is as new to the generator as a held-out one. */
export function partOf({ id, steps }: Concept): ConceptPart {
  parts ??= new Map(conceptSplit().map((entry) => [entry.concept.id, entry.part]));
  const out: readonly string[] = heldOutFamilies;
  const listed = parts.get(id);
  if (listed) return listed;
  const isNew = steps.some((step) => step.kind === 'filter' && out.includes(step.family));
  return isNew ? 'family' : 'combination';
}

export function conceptInfo(wanted: Concept): ConceptInfo {
  return { id: wanted.id, phrase: phraseOf(wanted), part: partOf(wanted) };
}

/** Every concept of one step. */
export function suggestions(): Suggestion[] {
  const styles = styleSets.map(({ id }) => ({
    ...conceptInfo(concept({ kind: 'style', set: id })),
    family: id,
    isUsual: true,
  }));
  const filters = filterFamilies.flatMap(({ id, levels }) =>
    levels.map((_, level) => ({
      ...conceptInfo(concept(filterStep(id, level))),
      family: id,
      isUsual: level === usualLevel,
    })),
  );
  return [...styles, ...filters];
}
