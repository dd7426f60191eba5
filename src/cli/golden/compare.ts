// Holds a result against a golden tensor by the rule of the set's README, «Comparing».
import type { TensorData } from '../../lib/tensor.ts';
import type { Tolerance } from './manifest.ts';

/** Of every comparison: |got − want| ≤ atol + 1e-5 |want|. */
const relativeTolerance = 1e-5;
/** Exact arithmetic in another order, where a float64 tensor states no tolerance. */
const float64Tolerance = 1e-12;

export interface Check {
  readonly tensor: string;
  /** Elements compared. */
  readonly count: number;
  /** Largest |got − want|, and the tolerance at that element. */
  readonly error: number;
  readonly tolerance: number;
  /** Largest |got − want| over the largest |want|. */
  readonly relativeError: number;
  /** Largest share of its tolerance that an element uses, or the root mean square uses; above 1 is a failure. */
  readonly used: number;
  readonly passed: boolean;
  /** Why nothing could be compared. */
  readonly problem?: string;
}

/** @param factor 10 for single-precision GPU code, else 1 */
export function compare(
  name: string,
  got: ArrayLike<number>,
  want: { readonly shape: readonly number[]; readonly data: TensorData | ArrayLike<number> },
  rule: Tolerance,
  factor = 1,
): Check {
  if (got.length !== want.data.length) {
    return failed(name, `${got.length} numbers, expected ${want.data.length}`);
  }
  const rows = want.shape[0] ?? 1;
  const perRow = rows === 0 ? 0 : want.data.length / rows;
  const atol = absoluteTolerance(rule, want.data);
  const rtol = rule.rtol ?? relativeTolerance;
  const scale = largest(want.data);
  let [count, squares, error, tolerance, used] = [0, 0, 0, 0, 0];
  for (const [from, to] of rule.rows ?? [[0, rows]]) {
    for (let i = from * perRow; i < to * perRow; i++) {
      const wanted = want.data[i] ?? Number.NaN;
      const difference = distance(got[i] ?? Number.NaN, wanted);
      const allowed = factor * (atol(Math.floor(i / perRow)) + rtol * Math.abs(wanted));
      if (worse(error, difference) !== error) [error, tolerance] = [difference, allowed];
      used = worse(used, shareOf(difference, allowed));
      squares += difference ** 2;
      count++;
    }
  }
  if (rule.rmsAtol !== undefined) {
    used = worse(used, shareOf(Math.sqrt(squares / count), factor * rule.rmsAtol));
  }
  return {
    tensor: name,
    count,
    error,
    tolerance,
    relativeError: shareOf(error, scale),
    used,
    passed: used <= 1,
  };
}

/** A comparison that could not be made. */
export function failed(tensor: string, problem: string): Check {
  return {
    tensor,
    count: 0,
    error: Number.NaN,
    tolerance: 0,
    relativeError: Number.NaN,
    used: Number.POSITIVE_INFINITY,
    passed: false,
    problem,
  };
}

/** By row; whole numbers that state no tolerance must be equal. */
function absoluteTolerance(rule: Tolerance, want: TensorData | ArrayLike<number>): (row: number) => number {
  const { atol, atolPerStep } = rule;
  if (atolPerStep) return (row) => atolPerStep[row] ?? 0;
  if (atol !== undefined) return () => atol;
  const single = want instanceof Float64Array ? float64Tolerance * Math.max(1, largest(want)) : 0;
  return () => single;
}

/** 0 for equal infinities, NaN where either is not a number. */
function distance(got: number, want: number): number {
  return got === want ? 0 : Math.abs(got - want);
}

/** The larger of two; not-a-number is worse than anything and stays. */
function worse(a: number, b: number): number {
  return Number.isNaN(a) || a >= b ? a : b;
}

function shareOf(part: number, whole: number): number {
  return part === 0 ? 0 : part / whole;
}

/** Largest magnitude. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] ?? 0));
  return most;
}
