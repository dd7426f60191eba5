// What the study's curves say: who is how good when, and whether the generator is worth having. Pure functions.
import { known } from '../../lib/errors.ts';
import type { Part } from '../concepts/split.ts';
import type { Point } from './curve.ts';
import { type Method, methods } from './methods.ts';

export interface StudyRun {
  readonly method: Method;
  readonly concept: string;
  readonly part: Part;
  readonly seed: number;
  readonly points: readonly Point[];
}

export type Measure = 'distance' | 'fd';

/** Mean of a measure over the steps up to `last`, by trapezoids: low for a start that is good and learns fast. */
export function curveArea(points: readonly Point[], measure: Measure, last: number): number {
  let [area, covered] = [0, 0];
  points.forEach((point, i) => {
    const before = points[i - 1];
    if (!before || point.step > last) return;
    const width = point.step - before.step;
    area += (width * (before[measure] + point[measure])) / 2;
    covered += width;
  });
  return area / covered;
}

/** Seconds until a measure is at or below a quality, between two points in proportion; undefined where it never is. */
export function secondsTo(points: readonly Point[], measure: Measure, quality: number): number | undefined {
  const reached = points.findIndex((point) => point[measure] <= quality);
  const now = points[reached];
  if (!now) return undefined;
  const before = points[reached - 1];
  if (!before) return now.seconds;
  const share = (before[measure] - quality) / (before[measure] - now[measure]);
  return before.seconds + share * (now.seconds - before.seconds);
}

export interface Paired {
  /** Mean over concepts of (other − generated); positive where the generated start is better. */
  readonly mean: number;
  /** Standard error of that mean; concepts are the samples, their seeds are averaged first. */
  readonly error: number;
  readonly concepts: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A method's areas by concept, each the mean over its seeds. */
function areas(
  runs: readonly StudyRun[],
  method: Method,
  measure: Measure,
  last: number,
): Map<string, number> {
  const found = new Map<string, number[]>();
  for (const run of runs) {
    if (run.method !== method) continue;
    const own = found.get(run.concept) ?? [];
    own.push(curveArea(run.points, measure, last));
    found.set(run.concept, own);
  }
  return new Map([...found].map(([concept, values]) => [concept, mean(values)]));
}

export function paired(
  runs: readonly StudyRun[],
  other: Method,
  measure: Measure,
  last: number,
): Paired | undefined {
  const [theirs, ours] = [areas(runs, other, measure, last), areas(runs, 'generated', measure, last)];
  const differences = [...ours].flatMap(([concept, own]) => {
    const value = theirs.get(concept);
    return value === undefined ? [] : [value - own];
  });
  return pairedOf(differences);
}

/** @param differences one of each concept; undefined of fewer than two */
export function pairedOf(differences: readonly number[]): Paired | undefined {
  if (differences.length < 2) return undefined;
  const middle = mean(differences);
  const squares = differences.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const error = Math.sqrt(squares / (differences.length - 1) / differences.length);
  return { mean: middle, error, concepts: differences.length };
}

/** Two standard errors: what the study calls a difference. */
export const isBetter = ({ mean: difference, error }: Paired) => difference > 2 * error;

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  if (sorted.length === 0) return undefined;
  return (known(sorted[Math.ceil(half) - 1], 'lower') + known(sorted[Math.floor(half)], 'upper')) / 2;
}

export interface Speed {
  /**
   * Median of (the rival's seconds to that quality) / (the method's) over all runs, those that never came to it being the
   * slowest; undefined where they are half of all or more.
   */
  readonly ratio: number | undefined;
  /** Runs that came to that quality at all, of how many. */
  readonly reached: number;
  readonly of: number;
  /** A rival that never came to it counts with its longest run: the ratio is then at least so large. */
  readonly isBound: boolean;
}

/**
 * How much sooner than a rival a method comes to the quality that training from scratch ends with, on the same concept and
 * seed. The soonest of a method's runs counts: one that is planned to be short ends better than a long one is at that
 * step.
 */
export function speedAgainst(
  runs: readonly StudyRun[],
  method: Method,
  rival: Method,
  measure: Measure,
): Speed {
  const groups = new Map<string, StudyRun[]>();
  for (const run of runs) {
    const key = `${run.concept} ${run.seed}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const ratios: number[] = [];
  let [reached, isBound] = [0, false];
  for (const group of groups.values()) {
    const runsOf = (wanted: Method) => group.filter((run) => run.method === wanted);
    const goal = longest(runsOf('scratch'));
    const last = longest(runsOf(rival));
    const own = runsOf(method);
    if (own.length === 0 || !goal || !last) continue;
    const soonest = (all: readonly StudyRun[]) =>
      Math.min(
        ...all.map(({ points }) => secondsTo(points, measure, goal[measure]) ?? Number.POSITIVE_INFINITY),
      );
    const [ours, theirs] = [soonest(own), soonest(runsOf(rival))];
    if (!Number.isFinite(ours)) {
      ratios.push(0);
      continue;
    }
    reached++;
    if (!Number.isFinite(theirs)) isBound = true;
    ratios.push((Number.isFinite(theirs) ? theirs : last.seconds) / Math.max(1e-3, ours));
  }
  const of = ratios.length;
  return { ratio: 2 * reached > of ? median(ratios) : undefined, reached, of, isBound };
}

/** The last point of the longest run. */
function longest(runs: readonly StudyRun[]): Point | undefined {
  const ends = runs.flatMap(({ points }) => points.slice(-1));
  return ends.reduce<Point | undefined>((a, b) => (a && a.step >= b.step ? a : b), undefined);
}

/**
 * The best that a method comes to within so many seconds, making the start included: the mean over concepts and seeds of
 * the lowest measure among all points of its runs that are there by then. Undefined where a run has none yet.
 */
export function bestWithin(
  runs: readonly StudyRun[],
  method: Method,
  seconds: number,
  measure: Measure,
): number | undefined {
  const best = new Map<string, number>();
  for (const run of runs) {
    if (run.method !== method) continue;
    const key = `${run.concept} ${run.seed}`;
    const reached = run.points.filter((point) => point.seconds <= seconds).map((point) => point[measure]);
    best.set(key, Math.min(best.get(key) ?? Number.POSITIVE_INFINITY, ...reached));
  }
  const values = [...best.values()];
  return values.length === 0 || !values.every(Number.isFinite) ? undefined : mean(values);
}

export interface MethodRow {
  readonly method: Method;
  /** Mean measures by step, over concepts and seeds. */
  readonly points: readonly Point[];
  readonly area: number;
  readonly againstScratch: Speed;
  readonly againstE2gan: Speed;
  readonly againstRandom: Speed;
}

/**
 * One row a method, of the runs of one part or of all.
 * @param lengths runs of other lengths than the curves', which count where speeds are told
 */
export function rowsOf(
  runs: readonly StudyRun[],
  measure: Measure,
  last: number,
  lengths: readonly StudyRun[] = [],
): MethodRow[] {
  const all = [...runs, ...lengths];
  return methods.flatMap(({ id: method }) => {
    const own = runs.filter((run) => run.method === method);
    const [first] = own;
    if (!first) return [];
    const points = first.points.map(({ step }, i): Point => {
      const at = own.map((run) => known(run.points[i], `point ${i} of ${method}`));
      return {
        step,
        seconds: mean(at.map(({ seconds }) => seconds)),
        distance: mean(at.map(({ distance }) => distance)),
        fd: mean(at.map(({ fd }) => fd)),
      };
    });
    return [
      {
        method,
        points,
        area: curveArea(points, measure, last),
        againstScratch: speedAgainst(all, method, 'scratch', measure),
        againstE2gan: speedAgainst(all, method, 'e2gan', measure),
        againstRandom: speedAgainst(all, method, 'random', measure),
      },
    ];
  });
}

export interface Verdict {
  /** Fair baselines that the generated start does not clearly beat, by mean area, the best first. */
  readonly equals: readonly { readonly method: Method; readonly paired: Paired }[];
  /** Baselines that were not run on two concepts at least, of which nothing can be said. */
  readonly unmeasured: readonly Method[];
}

export function verdictOf(runs: readonly StudyRun[], measure: Measure, last: number): Verdict {
  const rivals = methods.flatMap(({ id: method, role }) =>
    role === 'baseline' ? [{ method, paired: paired(runs, method, measure, last) }] : [],
  );
  const equals = rivals.flatMap(({ method, paired: found }) =>
    found && !isBetter(found) ? [{ method, paired: found }] : [],
  );
  return {
    equals: equals.sort((a, b) => a.paired.mean - b.paired.mean),
    unmeasured: rivals.flatMap(({ method, paired: found }) => (found ? [] : [method])),
  };
}

/** What the program offers first: the start of the lowest mean; of two as good as each other, the simpler one. */
export function defaultStart({ equals }: Verdict): Method {
  const [best] = equals;
  return best && best.paired.mean <= 0 ? best.method : 'generated';
}
