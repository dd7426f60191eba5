// Which concept a phrase names, where it names one: then its pictures can be drawn exactly and trained on.
import { type Concept, concept, filterStep, type Step, styleSets } from './concept.ts';
import { filterFamilies } from './filters/index.ts';

/** Level of a filter that is named without one: the sixth of eight, "strong". */
const usualLevel = 5;
const mostSteps = 2;

interface Named {
  readonly at: number;
  readonly length: number;
  step(level: number): Step;
  /** Words of the levels, weakest first; none for a style. */
  readonly levels: readonly string[];
}

/** Names of all families and styles, the longest first: "fluent flat" is not "fluent". */
const names = [
  ...filterFamilies.flatMap(({ id, names: own, levels }) =>
    [...own, id].map((name) => ({ name, levels, step: (level: number) => filterStep(id, level) })),
  ),
  ...styleSets.flatMap(({ id, names: own }) =>
    [...own, id].map((name) => ({
      name,
      levels: [] as readonly string[],
      step: (): Step => ({ kind: 'style', set: id }),
    })),
  ),
].sort((a, b) => b.name.length - a.name.length);

/** One or two steps in the phrase's order; undefined where no family and no style is named. */
export function namedConcept(phrase: string): Concept | undefined {
  let left = phrase.toLowerCase();
  const found: Named[] = [];
  for (const { name, levels, step } of names) {
    const [at] = placesOf(left, name);
    if (at === undefined) continue;
    found.push({ at, length: name.length, levels, step });
    // Each word counts once.
    left = left.slice(0, at) + '#'.repeat(name.length) + left.slice(at + name.length);
  }
  const steps = found.sort((a, b) => a.at - b.at).slice(0, mostSteps);
  if (steps.length === 0) return undefined;
  const levels = levelsOf(steps, left);
  return concept(...steps.map((named) => named.step(levels.get(named) ?? usualLevel)));
}

/** Level words go to the names beside them, the closest pair first. */
function levelsOf(steps: readonly Named[], left: string): ReadonlyMap<Named, number> {
  const pairs = steps.flatMap((named) =>
    named.levels.flatMap((word, level) =>
      placesOf(left, word).map((at) => ({ named, level, at, distance: distanceTo(named, at, word.length) })),
    ),
  );
  pairs.sort((a, b) => a.distance - b.distance);
  const levels = new Map<Named, number>();
  const taken = new Set<number>();
  for (const { named, level, at } of pairs) {
    if (levels.has(named) || taken.has(at)) continue;
    levels.set(named, level);
    taken.add(at);
  }
  return levels;
}

function distanceTo({ at, length }: Named, place: number, wordLength: number): number {
  return place < at ? at - place - wordLength : place - at - length;
}

/** Where a name stands as whole words. */
function placesOf(text: string, name: string): number[] {
  return [...text.matchAll(new RegExp(`(?<![a-z-])${name}(?![a-z-])`, 'g'))].map(({ index }) => index);
}
