// Loss curves as they arrive: one growing series a slot, one for stage 2; and their smoothing.
import type { CurvePoint } from '../workers/protocol.ts';

export interface Curve {
  readonly series: CurvePoint['series'];
  readonly points: readonly CurvePoint[];
}

export type Curves = ReadonlyMap<CurvePoint['series'], Curve>;

export const noCurves: Curves = new Map();

/**
 * Adds points. A step that lies before the end of its series means that the run went back to a checkpoint: what came
 * after it is dropped. Untouched series keep their identity.
 */
export function appendPoints(curves: Curves, points: readonly CurvePoint[]): Curves {
  if (points.length === 0) return curves;
  const grown = new Map<CurvePoint['series'], CurvePoint[]>();
  for (const point of points) {
    const known = grown.get(point.series) ?? [...(curves.get(point.series)?.points ?? [])];
    while ((known[known.length - 1]?.step ?? -1) >= point.step) known.pop();
    known.push(point);
    grown.set(point.series, known);
  }
  const next = new Map(curves);
  for (const [series, list] of grown) next.set(series, { series, points: list });
  return next;
}

/**
 * Exponential moving average without the pull of its start (Adam's bias correction):
 * s_k = w·s_{k−1} + (1 − w)·x_k, shown as s_k / (1 − w^k). Values that are not finite are passed over.
 */
export function smooth(values: readonly number[], weight: number): (number | null)[] {
  let state = 0;
  let correction = 1;
  return values.map((value) => {
    if (Number.isFinite(value)) {
      state = weight * state + (1 - weight) * value;
      correction *= weight;
    }
    return correction === 1 ? null : state / (1 - correction);
  });
}

/** Lowest and highest raw value within ±`reach` points, so that smoothing never hides an extreme. */
export function band(
  values: readonly number[],
  reach: number,
): { low: (number | null)[]; high: (number | null)[] } {
  return { low: extremes(values, reach, (a, b) => a < b), high: extremes(values, reach, (a, b) => a > b) };
}

/** The best value of each window, in one pass: the queue holds places whose values only get worse. */
function extremes(
  values: readonly number[],
  reach: number,
  better: (a: number, b: number) => boolean,
): (number | null)[] {
  const queue: number[] = [];
  let head = 0;
  const valueAt = (place: number | undefined) =>
    place === undefined ? Number.NaN : (values[place] ?? Number.NaN);
  return values.map((_, at) => {
    for (let enters = at === 0 ? 0 : at + reach; enters <= at + reach && enters < values.length; enters++) {
      const value = valueAt(enters);
      if (!Number.isFinite(value)) continue;
      while (queue.length > head && !better(valueAt(queue[queue.length - 1]), value)) queue.pop();
      queue.push(enters);
    }
    while ((queue[head] ?? at) < at - reach) head++;
    const best = valueAt(queue[head]);
    return Number.isFinite(best) ? best : null;
  });
}

type Column = readonly (number | null)[];

/** A curve as it is drawn. All columns have the length of `steps`. */
export interface Trace {
  readonly steps: readonly number[];
  readonly raw: Column;
  readonly smoothed: Column;
  readonly low: Column;
  readonly high: Column;
}

/** Points on each side that the band reaches over. */
const bandReach = 4;

/** Smoothing and band of all points, before any of them is left out for the screen. */
export function traceOf(points: readonly CurvePoint[], weight: number): Trace {
  const losses = points.map(({ loss }) => loss);
  // A point of a kept run may stand for many: smoothing follows their mean, not the extremes that were picked.
  const means = points.map(({ loss, mean }) => (Number.isFinite(loss) ? (mean ?? loss) : loss));
  return {
    steps: points.map(({ step }) => step),
    raw: losses.map((loss) => (Number.isFinite(loss) ? loss : null)),
    smoothed: smooth(means, weight),
    ...band(losses, bandReach),
  };
}

/**
 * At most two points a bucket of the range: where its lowest and its highest raw value lie, at their own steps and with
 * their own smoothed values; the band takes the extremes of the whole bucket. One point on each side of the range stays,
 * so that lines run to the edge.
 */
export function decimate(trace: Trace, range: readonly [from: number, to: number], buckets: number): Trace {
  const { steps } = trace;
  const [from, to] = range;
  const first = Math.max(0, lowerBound(steps, from) - 1);
  const last = Math.min(steps.length, lowerBound(steps, to) + 2);
  if (last - first <= 2 * buckets || !(to > from)) return rows(trace, places(first, last));
  const kept: Kept[] = [];
  let start = first;
  while (start < last) {
    const bucket = bucketOf(steps[start] ?? 0, from, to, buckets);
    let end = start + 1;
    while (end < last && bucketOf(steps[end] ?? 0, from, to, buckets) === bucket) end++;
    kept.push(...keepOf(trace, start, end));
    start = end;
  }
  return rows(trace, kept);
}

interface Kept {
  readonly at: number;
  readonly low: number | null;
  readonly high: number | null;
}

function bucketOf(step: number, from: number, to: number, buckets: number): number {
  return Math.floor(((step - from) / (to - from)) * buckets);
}

function keepOf({ raw, low, high }: Trace, start: number, end: number): Kept[] {
  let lowest = start;
  let highest = start;
  let least: number | null = null;
  let most: number | null = null;
  for (let at = start; at < end; at++) {
    const value = raw[at] ?? null;
    if (value !== null && value < (raw[lowest] ?? Number.POSITIVE_INFINITY)) lowest = at;
    if (value !== null && value > (raw[highest] ?? Number.NEGATIVE_INFINITY)) highest = at;
    least = extreme(least, low[at] ?? null, Math.min);
    most = extreme(most, high[at] ?? null, Math.max);
  }
  const ends = lowest === highest ? [lowest] : [Math.min(lowest, highest), Math.max(lowest, highest)];
  return ends.map((at) => ({ at, low: least, high: most }));
}

function extreme(a: number | null, b: number | null, pick: (a: number, b: number) => number): number | null {
  return a === null || b === null ? (a ?? b) : pick(a, b);
}

function places(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
}

function rows(trace: Trace, kept: readonly (Kept | number)[]): Trace {
  const at = kept.map((row) => (typeof row === 'number' ? row : row.at));
  const pick = (column: Column) => at.map((place) => column[place] ?? null);
  return {
    steps: at.map((place) => trace.steps[place] ?? 0),
    raw: pick(trace.raw),
    smoothed: pick(trace.smoothed),
    low: kept.map((row) => (typeof row === 'number' ? (trace.low[row] ?? null) : row.low)),
    high: kept.map((row) => (typeof row === 'number' ? (trace.high[row] ?? null) : row.high)),
  };
}

/** The first place whose step is not below; steps ascend. */
export function lowerBound(steps: readonly number[], step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place nearest to a step, or undefined where there is none. */
export function nearestPlace(steps: readonly number[], step: number): number | undefined {
  if (steps.length === 0) return undefined;
  const after = Math.min(steps.length - 1, lowerBound(steps, step));
  const before = Math.max(0, after - 1);
  return Math.abs((steps[before] ?? 0) - step) <= Math.abs((steps[after] ?? 0) - step) ? before : after;
}
