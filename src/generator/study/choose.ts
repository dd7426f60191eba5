// Which held-out concepts the study runs on, and whose phrase stands in for another's.
import { known } from '../../lib/errors.ts';
import type { Concept } from '../concepts/concept.ts';
import { type ConceptSplit, conceptSplit, type Part } from '../concepts/split.ts';

const heldOutParts: readonly Part[] = ['family', 'level', 'combination'];

/** Up to `each` concepts of every held-out part, evenly spread over its list. */
export function studyConcepts(each: number, split: readonly ConceptSplit[] = conceptSplit()): ConceptSplit[] {
  return heldOutParts.flatMap((part) => {
    const own = split.filter((entry) => entry.part === part);
    const count = Math.min(each, own.length);
    return Array.from({ length: count }, (_, i) =>
      known(own[Math.floor(((i + 0.5) * own.length) / count)], 'concept'),
    );
  });
}

/** The concept half the list away: another one wherever the list holds two, and of another part wherever it can be. */
export function standIn(concepts: readonly Concept[]): (concept: Concept) => Concept {
  const half = Math.ceil(concepts.length / 2);
  return (concept) => {
    const at = concepts.findIndex(({ id }) => id === concept.id);
    return known(concepts[(at + half) % concepts.length], 'stand-in');
  };
}
