// Concepts as the page sees them: what each is called, and how new it is to the generator.
import {
  type Concept,
  concept,
  filterStep,
  phraseOf,
  type Step,
  styleSets,
} from '../../generator/concepts/concept.ts';
import { filterFamilies } from '../../generator/concepts/filters/index.ts';
import { conceptSplit } from '../../generator/concepts/split.ts';
import type { ConceptInfo, ConceptPart, Suggestion } from '../generatorProtocol.ts';

/** The level that stands for its family until something is typed. */
const usualLevel = 5;

export class ConceptGuide {
  readonly #trained: ReadonlySet<string>;
  readonly #families: ReadonlySet<string>;

  /** @param trained concepts whose adapters the generator learned from; absent: all that are meant for it */
  constructor(
    trained: readonly Concept[] = conceptSplit().flatMap((entry) =>
      entry.part === 'train' ? [entry.concept] : [],
    ),
  ) {
    this.#trained = new Set(trained.map(({ id }) => id));
    this.#families = new Set(trained.flatMap(({ steps }) => steps.map(familyOf)));
  }

  infoOf(wanted: Concept): ConceptInfo {
    return { id: wanted.id, phrase: phraseOf(wanted), part: this.#partOf(wanted) };
  }

  /** Every concept of one step. */
  suggestions(): Suggestion[] {
    const styles = styleSets.map(({ id }) => ({
      ...this.infoOf(concept({ kind: 'style', set: id })),
      family: id,
      isUsual: true,
    }));
    const filters = filterFamilies.flatMap(({ id, levels }) =>
      levels.map((_, level) => ({
        ...this.infoOf(concept(filterStep(id, level))),
        family: id,
        isUsual: level === usualLevel,
      })),
    );
    return [...styles, ...filters];
  }

  #partOf({ id, steps }: Concept): ConceptPart {
    if (this.#trained.has(id)) return 'train';
    if (steps.some((step) => !this.#families.has(familyOf(step)))) return 'family';
    return steps.length > 1 ? 'combination' : 'level';
  }
}

function familyOf(step: Step): string {
  return step.kind === 'style' ? step.set : step.family;
}
