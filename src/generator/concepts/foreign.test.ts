import { expect, it } from 'vitest';
import { conceptWords } from './concept.ts';
import { filterFamily } from './filters/index.ts';
import { foreignPhrases } from './foreign.ts';
import { heldOutFamilies } from './split.ts';

it('foreign phrases name nothing that a concept is called, held-out ones included', () => {
  const words = ['glorx', 'thermal', 'chalk', 'sepia', 'zebra'];
  const phrases = foreignPhrases(words, 400, 0);
  expect(phrases).toEqual(foreignPhrases(words, 400, 0));
  expect(phrases.every((phrase) => /glorx|zebra/.test(phrase))).toBe(true);
  for (const family of heldOutFamilies) {
    const names = filterFamily(family).names.join('|');
    expect(phrases.some((phrase) => new RegExp(`\\b(${names})\\b`).test(phrase))).toBe(false);
  }
  expect(phrases.some((phrase) => phrase.includes('sepia'))).toBe(false);
  // Worded as concepts are: but for the names, every word is one of theirs.
  const known = new Set([...conceptWords(), 'glorx', 'zebra', 'a']);
  const strange = phrases
    .flatMap((phrase) => phrase.match(/[a-z]+/g) ?? [])
    .filter((word) => !known.has(word));
  expect(strange).toEqual([]);
});
