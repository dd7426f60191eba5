// From the curves of several runs to the columns of one plot, and the axes that all tiles of a stage share.
import { type Curve, decimate, nearestPlace, type Trace, traceOf } from '../../../store/curves.ts';
import type { CurvePoint } from '../../../workers/protocol.ts';
import { type CurveRun, colourOf } from './curveRuns.ts';
import type { Metric, Range } from './curveView.ts';

export interface Axes {
  readonly range: Range;
  readonly low: number;
  readonly high: number;
}

/** What a column of a plot is drawn as; `beside` is what was measured beside a loss of the same unit. */
export interface LineStyle {
  readonly kind: 'raw' | 'smoothed' | 'low' | 'high' | 'measured' | 'beside';
  /** 0 is the accent. */
  readonly colour: number;
}

type Column = (number | null | undefined)[];

export interface TileData {
  readonly columns: [number[], ...Column[]];
  readonly styles: readonly LineStyle[];
  /** Steps at which the loss was not finite. */
  readonly breaks: readonly number[];
}

/** A line as numbers, for reading values off it. */
export interface Reading {
  readonly run: CurveRun;
  readonly colour: number;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

interface Wanted {
  readonly series: CurvePoint['series'];
  readonly metric: Metric;
  readonly weight: number;
  readonly range: Range;
  readonly width: number;
}

const traces = new WeakMap<Curve, { readonly weight: number; readonly trace: Trace }>();

/** Smoothing all points anew for every hover would be waste. */
function traceFor(curve: Curve, weight: number): Trace {
  const known = traces.get(curve);
  if (known?.weight === weight) return known.trace;
  const trace = traceOf(curve.points, weight);
  traces.set(curve, { weight, trace });
  return trace;
}

/** Points at which the held-out error or loss was measured. */
export function measured(curve: Curve): { steps: number[]; values: number[] } {
  const points = curve.points.filter(({ error }) => error !== null);
  return { steps: points.map(({ step }) => step), values: points.map(({ error }) => error ?? Number.NaN) };
}

/** The first visible run in full: raw, smoothed, band, held-out; the others by their smoothed line. */
export function tileData(all: readonly CurveRun[], visible: readonly CurveRun[], wanted: Wanted): TileData {
  const { series, metric, weight, range, width } = wanted;
  const lines: Line[] = [];
  let breaks: number[] = [];
  visible.forEach((run, place) => {
    const curve = run.curves.get(series);
    if (!curve) return;
    const colour = colourOf(all, run);
    const line = (kind: LineStyle['kind'], steps: readonly number[], values: readonly (number | null)[]) =>
      lines.push({ style: { kind, colour }, steps, values });
    if (metric === 'loss') {
      const { steps, raw, smoothed, low, high } = decimate(traceFor(curve, weight), range, width);
      if (place === 0) line('raw', steps, raw);
      line('smoothed', steps, smoothed);
      if (place === 0) {
        line('low', steps, low);
        line('high', steps, high);
        breaks = curve.points
          .filter(({ step, loss }) => step > 0 && !Number.isFinite(loss))
          .map(({ step }) => step);
      }
    }
    if (metric === 'error' || (series === 'stage2' && place === 0)) {
      const { steps, values } = measured(curve);
      line(metric === 'error' ? 'measured' : 'beside', steps, values);
    }
  });
  return { columns: align(lines), styles: lines.map(({ style }) => style), breaks };
}

interface Line {
  readonly style: LineStyle;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

/** One ascending column of all steps; `undefined` where a line has no point, which leaves no gap in it. */
function align(lines: readonly Line[]): TileData['columns'] {
  const steps = [...new Set(lines.flatMap((line) => line.steps))].sort((a, b) => a - b);
  const places = new Map(steps.map((step, at) => [step, at]));
  const columns = lines.map((line): Column => {
    const column: Column = Array(steps.length).fill(undefined);
    line.steps.forEach((step, at) => {
      column[places.get(step) ?? 0] = line.values[at];
    });
    return column;
  });
  return [steps, ...columns];
}

/** A log axis has no room for zero and below. */
export function positive(columns: TileData['columns']): TileData['columns'] {
  const [steps, ...rest] = columns;
  const keep = (value: number | null | undefined) => (typeof value === 'number' && value <= 0 ? null : value);
  return [steps, ...rest.map((column) => column.map(keep))];
}

/** The lines that numbers are read off, one a visible run that has this series. */
export function readings(
  all: readonly CurveRun[],
  visible: readonly CurveRun[],
  { series, metric, weight }: Pick<Wanted, 'series' | 'metric' | 'weight'>,
): Reading[] {
  return visible.flatMap((run) => {
    const curve = run.curves.get(series);
    if (!curve) return [];
    const colour = colourOf(all, run);
    if (metric === 'error') return [{ run, colour, ...measured(curve) }];
    const { steps, smoothed } = traceFor(curve, weight);
    return [{ run, colour, steps, values: smoothed }];
  });
}

/** The value at a step, or the last one. */
export function valueAt({ steps, values }: Reading, step: number | null): number | null {
  const place = step === null ? values.length - 1 : nearestPlace(steps, step);
  return place === undefined ? null : (values[place] ?? null);
}

/** One range for all tiles of a stage, so that they compare; steps go to the end of the plan unless zoomed in. */
export function sharedAxes(
  curves: readonly Curve[],
  metric: Metric,
  plannedSteps: number,
  zoom: Range | null,
  marks: readonly number[] = [],
): Axes {
  const inside = (step: number) => zoom === null || (step >= zoom[0] && step <= zoom[1]);
  let end = Math.max(1, plannedSteps);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const include = (value: number | null) => {
    if (value === null || !Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { points, series } of curves) {
    for (const { step, loss, error } of points) {
      end = Math.max(end, step);
      if (!inside(step)) continue;
      if (metric === 'loss') include(loss);
      if (metric === 'error' || series === 'stage2') include(error);
    }
  }
  for (const mark of marks) include(mark);
  const range: Range = zoom ?? [0, end];
  return low <= high ? { range, low, high } : { range, low: 0, high: 1 };
}
