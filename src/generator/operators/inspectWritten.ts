// How a generated operator relates to the fitted ones of its slot, in the coefficients that the generator writes: whether
// it is as large, a copy of one of them, or their mean.
import { known, UserError } from '../../lib/errors.ts';

/** What a fitted operator has in one slot. */
export interface TrainedCoefficients {
  /** The edit that it was fitted for, in words. */
  readonly label: string;
  readonly values: readonly number[];
}

export interface WrittenBlock {
  /** Norm over the root mean square norm of the fitted ones, as deviations from their mean. */
  readonly normRatio: number;
  /** Root mean square difference to the nearest fitted one, in deviations of the slot's coefficients. */
  readonly nearest: { readonly label: string; readonly distance: number };
  /** The same to the mean of the fitted ones. */
  readonly mean: number;
  /** The median of `nearest` among the fitted ones. */
  readonly typical: number;
  /** Fitted operators that it is compared with. */
  readonly trained: number;
}

/** @throws UserError when there are fewer than two to compare with */
export function inspectWritten(
  own: ArrayLike<number>,
  trained: readonly TrainedCoefficients[],
): WrittenBlock {
  if (trained.length < 2) {
    throw new UserError(
      'Fewer than two operators were fitted in this slot; there is nothing to compare with.',
    );
  }
  const zero = new Float32Array(own.length);
  const size = Math.sqrt(
    trained.reduce((sum, { values }) => sum + distance(values, zero) ** 2, 0) / trained.length,
  );
  const nearestTo = (values: ArrayLike<number>, others: readonly TrainedCoefficients[]) => {
    const ranked = others.map(({ label, values: other }) => ({ label, distance: distance(values, other) }));
    return known(ranked.sort((a, b) => a.distance - b.distance)[0], 'nearest operator');
  };
  const among = trained
    .map(
      (one) =>
        nearestTo(
          one.values,
          trained.filter((other) => other !== one),
        ).distance,
    )
    .sort((a, b) => a - b);
  return {
    normRatio: distance(own, zero) / size,
    nearest: nearestTo(own, trained),
    mean: distance(own, zero),
    typical: known(among[Math.floor(among.length / 2)], 'median'),
    trained: trained.length,
  };
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return Math.sqrt(squares / a.length);
}
