// What stage 1 adds to an operator in one slot, in a few numbers: coefficients of the principal components of the fitted
// deviations around their mean. An operator has 66,000 numbers, and a data set some dozens of them.
import { UserError } from '../../lib/errors.ts';
import { principalComponents } from '../dataset/principal.ts';

export interface SlotBasis {
  /** [P]: the mean deviation. */
  readonly centre: Float32Array;
  /** [k, P], rows orthonormal, of the largest variance first; rows of zeros where fewer were there. */
  readonly components: Float32Array;
  /** Root mean square of the coefficients of the fitted deviations. */
  readonly scale: number;
}

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
  const { components, energies } = principalComponents(rows, count);
  const kept = energies.reduce((sum, energy) => sum + energy, 0);
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
