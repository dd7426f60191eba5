// From points to what a plot draws: steps, raw, smoothed, lowest and highest; and axes that tiles share.
import { band, type Curve, smooth } from '../../../store/curves.ts';

export interface Axes {
  /** Last step of the horizontal axis. */
  readonly steps: number;
  readonly low: number;
  readonly high: number;
}

/** Points on each side that the band reaches over. */
const reach = 4;

export type Columns = [steps: number[], raw: Column, smoothed: Column, low: Column, high: Column];
type Column = (number | null)[];

export function columns(curve: Curve, weight: number): Columns {
  const losses = curve.points.map((point) => point.loss);
  const { low, high } = band(losses, reach);
  const raw = losses.map((loss) => (Number.isFinite(loss) ? loss : null));
  return [curve.points.map((point) => point.step), raw, smooth(losses, weight), low, high];
}

/** A log axis has no room for zero and below. */
export function positive(data: Columns): Columns {
  const keep = (column: Column) => column.map((value) => (value !== null && value > 0 ? value : null));
  const [steps, raw, smoothed, low, high] = data;
  return [steps, keep(raw), keep(smoothed), keep(low), keep(high)];
}

/** One range for all curves, so that tiles can be compared; steps go to the end of the plan when it is known. */
export function sharedAxes(curves: readonly Curve[], plannedSteps: number | null): Axes {
  let steps = plannedSteps ?? 1;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const curve of curves) {
    for (const point of curve.points) {
      steps = Math.max(steps, point.step);
      if (!Number.isFinite(point.loss)) continue;
      low = Math.min(low, point.loss);
      high = Math.max(high, point.loss);
    }
  }
  return low <= high ? { steps, low, high } : { steps, low: 0, high: 1 };
}
