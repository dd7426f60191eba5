// Points of curves as short rows of JSON, in the order in which they came.
import type { CurvePoint } from './progress.ts';

export interface PackedCurves {
  readonly series: readonly CurvePoint['series'][];
  /** Place in `series`, step, loss (null for not finite), held-out error or null, and the mean where there is one. */
  readonly rows: readonly (readonly (number | null)[])[];
}

export function packCurves(points: readonly CurvePoint[]): PackedCurves {
  const series = [...new Set(points.map((point) => point.series))];
  const rows = points.map(({ series: name, step, loss, error, mean }) => [
    series.indexOf(name),
    step,
    Number.isFinite(loss) ? loss : null,
    error,
    ...(mean === undefined ? [] : [mean]),
  ]);
  return { series, rows };
}

export function unpackCurves({ series, rows }: PackedCurves): CurvePoint[] {
  return rows.flatMap(([place, step, loss, error, mean]) => {
    const name = series[place ?? -1];
    if (name === undefined || typeof step !== 'number') return [];
    const point = { series: name, step, loss: loss ?? Number.NaN, error: error ?? null };
    return [typeof mean === 'number' ? { ...point, mean } : point];
  });
}
