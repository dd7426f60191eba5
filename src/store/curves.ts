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
  const low: (number | null)[] = [];
  const high: (number | null)[] = [];
  values.forEach((_, at) => {
    const near = values.slice(Math.max(0, at - reach), at + reach + 1).filter(Number.isFinite);
    low.push(near.length === 0 ? null : Math.min(...near));
    high.push(near.length === 0 ? null : Math.max(...near));
  });
  return { low, high };
}
