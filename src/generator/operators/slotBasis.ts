// What stage 1 adds to an operator in one slot, in a few numbers: coefficients of the principal components of the fitted
// deviations around their mean. An operator has 66,000 numbers, and a data set some dozens of them.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { UserError } from '../../lib/errors.ts';

export interface SlotBasis {
  /** [P]: the mean deviation. */
  readonly centre: Float32Array;
  /** [k, P], rows orthonormal, of the largest variance first; rows of zeros where fewer were there. */
  readonly components: Float32Array;
  /** Root mean square of the coefficients of the fitted deviations. */
  readonly scale: number;
}

/** Variances below this share of the largest are rounding. */
const rounding = 1e-6;

/** @param deviations [P] each */
export function slotBasis(deviations: readonly Float32Array[], count: number): SlotBasis {
  const [first] = deviations;
  if (!first) throw new UserError('No operator was fitted in this slot; run generator:operators.');
  const size = first.length;
  const centre = new Float32Array(size);
  for (const deviation of deviations) {
    deviation.forEach((value, i) => {
      centre[i] = (centre[i] ?? 0) + value / deviations.length;
    });
  }
  const rows = deviations.map((deviation) => deviation.map((value, i) => value - (centre[i] ?? 0)));
  // The components of n vectors follow from their n × n products: XᵀX and XXᵀ share their eigenvalues.
  const products = new Matrix(rows.map((a) => rows.map((b) => dot(a, b))));
  const { realEigenvalues: variances, eigenvectorMatrix } = new EigenvalueDecomposition(products, {
    assumeSymmetric: true,
  });
  const order = variances.map((_, i) => i).sort((a, b) => (variances[b] ?? 0) - (variances[a] ?? 0));
  const largest = variances[order[0] ?? 0] ?? 0;
  const components = new Float32Array(count * size);
  let kept = 0;
  order.slice(0, count).forEach((column, k) => {
    const variance = variances[column] ?? 0;
    if (variance <= rounding * largest || variance <= 0) return;
    kept += variance;
    const own = components.subarray(k * size, (k + 1) * size);
    rows.forEach((row, n) => {
      const weight = eigenvectorMatrix.get(n, column) / Math.sqrt(variance);
      for (let i = 0; i < size; i++) own[i] = (own[i] ?? 0) + weight * (row[i] ?? 0);
    });
  });
  const scale = Math.sqrt(kept / (rows.length * count));
  return { centre, components, scale: scale > 0 ? scale : 1 };
}

/** [P] → [k]. */
export function coefficients(
  { centre, components, scale }: SlotBasis,
  deviation: Float32Array,
): Float32Array {
  const size = centre.length;
  const centred = deviation.map((value, i) => value - (centre[i] ?? 0));
  return Float32Array.from(
    { length: components.length / size },
    (_, k) => dot(components.subarray(k * size, (k + 1) * size), centred) / scale,
  );
}

/** [k] → [P]. */
export function deviationOf(
  { centre, components, scale }: SlotBasis,
  values: ArrayLike<number>,
): Float32Array {
  const size = centre.length;
  const deviation = centre.slice();
  for (let k = 0; k < components.length / size; k++) {
    const value = (values[k] ?? 0) * scale;
    for (let i = 0; i < size; i++)
      deviation[i] = (deviation[i] ?? 0) + value * (components[k * size + i] ?? 0);
  }
  return deviation;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
