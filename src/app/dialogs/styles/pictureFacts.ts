// What is told of a picture that was drawn in a style: its concept, what the weights are, and how long it took.
import type { ConceptPart, Drawn } from '../../../workers/generatorProtocol.ts';

/** How new a concept is to the generator, in a few words. */
export const partWords: Readonly<Record<ConceptPart, string>> = {
  train: 'trained on',
  level: 'new level',
  family: 'new family',
  combination: 'new combination',
};
export function factsOf({ concept, unknown, milliseconds, neighbour, share, seen, adapter }: Drawn): string {
  const facts: string[] = [];
  if (concept) facts.push(`${concept.phrase} (${partWords[concept.part]})`);
  else facts.push('no filter or emoji set of this name: nothing to compare with');
  for (const { word, near } of unknown) {
    facts.push(
      near.length > 0 ? `“${word}” is unknown, as ${near.join(', ')} are not` : `“${word}” is unknown`,
    );
  }
  if (neighbour && adapter.start === 'nearest') facts.push(`taken from “${neighbour.phrase}”`);
  if (seen !== null) facts.push(`made from the phrase and ${seen} of its pairs`);
  if (share === 0) facts.push('the mean, which draws this concept better than what was written');
  else if (share !== null && share < 1)
    facts.push(`${100 * share} % of the way from the mean, as a few of its pictures say`);
  const make =
    milliseconds.make === null ? 'weights kept from before' : `weights in ${seconds(milliseconds.make)}`;
  facts.push(make, `drawn in ${seconds(milliseconds.draw)}`);
  return `${facts.join(' · ')}.`;
}

function seconds(milliseconds: number): string {
  return milliseconds < 10 ? '0.01 s' : `${(milliseconds / 1000).toFixed(2)} s`;
}
