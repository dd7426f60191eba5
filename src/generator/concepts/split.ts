// Which concepts are trained on and which are held out: whole families, single levels, and combinations, apart from each
// other, because a generator that interpolates levels may still fail on a family it never saw.
import { randomStream } from '../../lib/random.ts';
import { type Concept, concept, filterStep, type StyleSet, styleSets } from './concept.ts';
import { filterFamilies } from './filters/index.ts';

export type Part = 'train' | 'family' | 'level' | 'combination';

export const heldOutFamilies = ['chalk', 'thermal', 'wave'] as const;
/** Of every family that is trained on, this level is held out; never an end of the scale. */
const heldOutLevel = (family: number): number => 2 + (family % 4);
const seed = 0x5c10;

export interface ConceptSplit {
  readonly part: Part;
  readonly concept: Concept;
}

/** @param combinations pairs of two steps; an eighth of all pairs of families is held out, in either order */
export function conceptSplit(combinations = 240): readonly ConceptSplit[] {
  const out: readonly string[] = heldOutFamilies;
  const known = filterFamilies.filter(({ id }) => !out.includes(id));
  const single = (part: Part, made: Concept): ConceptSplit => ({ part, concept: made });
  const levels = known.flatMap(({ id, levels: words }, family) =>
    words.map((_, level) =>
      single(level === heldOutLevel(family) ? 'level' : 'train', concept(filterStep(id, level))),
    ),
  );
  const families = heldOutFamilies.flatMap((id) =>
    [1, 4, 6].map((level) => single('family', concept(filterStep(id, level)))),
  );
  const styles = styleSets.map(({ id }) => single('train', concept({ kind: 'style', set: id })));
  return [...styles, ...levels, ...families, ...pairs(combinations)];
}

/** Two steps: a style or a filter, and a filter of another family, at levels that are trained on. */
function pairs(count: number): ConceptSplit[] {
  const out: readonly string[] = heldOutFamilies;
  const known = filterFamilies.map(({ id }) => id).filter((id) => !out.includes(id));
  const draws = randomStream(seed, 'concept pairs').uniform(0, count * 16);
  const found = new Map<string, ConceptSplit>();
  const parts = new Map<string, Part>();
  for (let at = 0; found.size < count && at + 4 <= draws.length; at += 4) {
    const [first = 0, second = 0, levelA = 0, levelB = 0] = draws.subarray(at, at + 4);
    const styles: readonly StyleSet[] = styleSets.map(({ id }) => id);
    const pick = <T>(list: readonly T[], share: number): T | undefined =>
      list[Math.floor(share * list.length)];
    const level = (share: number, family: string) => {
      const held = heldOutLevel(known.indexOf(family));
      const allowed = [0, 1, 2, 3, 4, 5, 6, 7].filter((value) => value !== held);
      return pick(allowed, share) ?? 0;
    };
    const then = pick(known, second);
    // A third of the pairs begin with another set's drawing.
    const style = first < 1 / 3 ? pick(styles, first * 3) : undefined;
    const before = style === undefined ? pick(known, (first - 1 / 3) * 1.5) : undefined;
    if (then === undefined || before === then) continue;
    const begin =
      style !== undefined
        ? ({ kind: 'style', set: style } as const)
        : filterStep(before ?? then, level(levelA, before ?? then));
    const made = concept(begin, filterStep(then, level(levelB, then)));
    // Families that stand together once are held out together: another level of a known pair would be half known.
    const [one, other] = [style ?? before ?? then, then].sort();
    const pair = `${one}+${other}`;
    const part = parts.get(pair) ?? (parts.size % 8 === 7 ? 'combination' : 'train');
    parts.set(pair, part);
    if (!found.has(made.id)) found.set(made.id, { part, concept: made });
  }
  return [...found.values()];
}
