// The concepts that base and generator are trained on: neither held out nor validating.
import type { Concept } from '../concepts/concept.ts';
import { conceptSplit } from '../concepts/split.ts';
import { useOf } from './weightDataSet.ts';

/** Pairs of two steps that data sets are made of, beside all single steps. */
export const ourCombinations = 64;

/** Pairs of which a generator is shown pictures alone: no adapter is trained for them. */
export const ourFurtherCombinations = 1920;

export function trainingConcepts(combinations = ourCombinations): Concept[] {
  const own = conceptSplit(combinations).filter(({ part }) => part === 'train');
  return own.filter(({ part }, n) => useOf(part, n) === 'train').map(({ concept }) => concept);
}
