// Every start on every held-out concept before any training: too many concepts to fine-tune on, and enough of them to tell
// whether phrase and block index matter.
import type { Concept } from '../concepts/concept.ts';
import type { Part } from '../concepts/split.ts';
import type { Lab, Point } from './curve.ts';
import { type Contestants, isShrunk, type Method, methods, startOf } from './methods.ts';
import { type Paired, pairedOf } from './summary.ts';

type Quality = Pick<Point, 'distance' | 'fd'>;

/** Of one concept, by start. */
export interface UntrainedRow {
  readonly concept: string;
  readonly part: Part;
  /** As it was made. */
  readonly written: Readonly<Partial<Record<Method, Quality>>>;
  /** As far from the mean adapter as training pictures say; of starts that are made from a phrase alone. */
  readonly shrunk: Readonly<Partial<Record<Method, Quality>>>;
}

export type Form = 'written' | 'shrunk';

export async function untrainedRow(
  lab: Lab,
  field: Contestants,
  concept: Concept,
  part: Part,
  seed = 0,
): Promise<UntrainedRow> {
  const written: Partial<Record<Method, Quality>> = {};
  const shrunk: Partial<Record<Method, Quality>> = {};
  const { shrinkage: _, ...plain } = field;
  for (const { id } of methods) {
    if (id === 'scratch') continue;
    const measured = async (contestants: Contestants) => {
      const start = await startOf(id, concept, seed, contestants);
      return lab.quality(start.part, start.weights, concept);
    };
    written[id] = await measured(plain);
    if (isShrunk(id)) shrunk[id] = await measured(field);
  }
  return { concept: concept.id, part, written, shrunk };
}

/** A start's mean distance over concepts, in one form; undefined where it has none. */
export function meanUntrained(rows: readonly UntrainedRow[], method: Method, form: Form): number | undefined {
  const values = rows.flatMap((row) => row[form][method]?.distance ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean over concepts of (other − method), both as they were made: positive where the method is better. */
export function pairedUntrained(
  rows: readonly UntrainedRow[],
  other: Method,
  method: Method,
): Paired | undefined {
  return pairedOf(
    rows.flatMap(({ written }) => {
      const [theirs, ours] = [written[other], written[method]];
      return theirs && ours ? [theirs.distance - ours.distance] : [];
    }),
  );
}
