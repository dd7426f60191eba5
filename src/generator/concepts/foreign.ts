// Phrases of nothing that any concept is called, worded as concepts are: what they ask for is not known, and a generator
// should then change nothing rather than guess.
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { conceptWords, phrasesNamed } from './concept.ts';
import { filterFamilies } from './filters/index.ts';
import { heldOutFamilies } from './split.ts';

/**
 * @param words to make names of; those that any concept uses, held-out ones included, are left out: a held-out concept
 * that was shown as a foreign one would be held out no more
 */
export function foreignPhrases(words: readonly string[], count: number, seed: number): string[] {
  const ours = new Set(conceptWords());
  const names = words.filter((word) => !ours.has(word));
  const out: readonly string[] = heldOutFamilies;
  const levels = filterFamilies.flatMap(({ id, levels: own }) => (out.includes(id) ? [] : own));
  const draws = randomStream(seed, 'foreign phrases').uniform(0, 5 * count);
  return Array.from({ length: count }, (_, n) => {
    const [first = 0, second = 0, both = 0, level = 0, wording = 0] = draws.subarray(5 * n, 5 * n + 5);
    const pick = <T>(list: readonly T[], share: number): T =>
      known(list[Math.min(list.length - 1, Math.floor(share * list.length))], 'choice');
    const name = both < 0.5 ? pick(names, first) : `${pick(names, first)} ${pick(names, second)}`;
    return pick(phrasesNamed(name, pick(levels, level)), wording);
  });
}
