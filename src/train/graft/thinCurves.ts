// Curves of a finished run as they are kept: a few kilobytes a series, however many steps it took.
import type { CurvePoint } from './progress.ts';

/** Series of fewer points are kept whole. */
const mostPoints = 192;
/** Of longer ones, this many stretches of steps. */
const buckets = 48;

/**
 * The first, the last, the lowest and the highest point of every stretch, at their own steps, so that no extreme is lost;
 * each carries the mean of its stretch, so that smoothing still follows all points. Points where the held-out error was
 * measured and losses that were not finite stay.
 */
export function thinCurves(points: readonly CurvePoint[]): CurvePoint[] {
  const names = new Set(points.map(({ series }) => series));
  const kept = new Map(
    [...names].flatMap((name) => thinSeries(points.filter(({ series }) => series === name))),
  );
  return points.flatMap((point) => kept.get(point) ?? []);
}

/** A point and what is kept of it. */
type Kept = readonly [CurvePoint, CurvePoint];

function thinSeries(points: readonly CurvePoint[]): Kept[] {
  const isThin = points.some(({ mean }) => mean !== undefined);
  if (isThin || points.length <= mostPoints) return points.map((point) => [point, point]);
  const stretch = points.length / buckets;
  return Array.from({ length: buckets }, (_, at) =>
    thinStretch(points.slice(Math.floor(at * stretch), Math.floor((at + 1) * stretch))),
  ).flat();
}

function thinStretch(points: readonly CurvePoint[]): Kept[] {
  const trained = points.filter(({ loss }) => Number.isFinite(loss));
  const mean = rounded(trained.reduce((sum, { loss }) => sum + loss, 0) / trained.length);
  const by = (better: (a: CurvePoint, b: CurvePoint) => boolean) =>
    trained.reduce<CurvePoint | undefined>(
      (best, point) => (!best || better(point, best) ? point : best),
      undefined,
    );
  const chosen = new Set([
    trained[0],
    trained.at(-1),
    by((a, b) => a.loss < b.loss),
    by((a, b) => a.loss > b.loss),
  ]);
  return points
    .filter((point) => chosen.has(point) || point.error !== null || !Number.isFinite(point.loss))
    .map((point) => [
      point,
      Number.isFinite(point.loss) ? { ...point, loss: rounded(point.loss), mean } : point,
    ]);
}

/** Six digits are more than a curve shows. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
