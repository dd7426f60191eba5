import { describe, expect, it } from 'vitest';
import { phrasesOf } from './concept.ts';
import { namedConcept } from './namedConcept.ts';
import { conceptSplit } from './split.ts';

describe('the concept that a phrase names', () => {
  it('is found in every phrase of every concept of the data set', () => {
    const wrong = conceptSplit().flatMap(({ concept }) =>
      phrasesOf(concept)
        .filter((phrase) => namedConcept(phrase)?.id !== concept.id)
        .map((phrase) => `${phrase}: ${namedConcept(phrase)?.id}, not ${concept.id}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['halftone, fine', 'halftone-1'],
    ['as OpenMoji', 'openmoji'],
    ['night', 'night-5'],
    ['Fluent Flat version, then mild sepia', 'fluent-emoji-flat+sepia-2'],
    ['black and white', 'grey-5'],
  ])('of "%s" is %s', (phrase, id) => {
    expect(namedConcept(phrase)?.id).toBe(id);
  });

  it('is none where nothing is named, and takes no part of a word for a name', () => {
    expect(namedConcept('a sunset over the sea')).toBeUndefined();
    expect(namedConcept('overnight greyish waves')).toBeUndefined();
  });
});
