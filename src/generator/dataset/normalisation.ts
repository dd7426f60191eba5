// Adapter vectors brought to numbers that a net can learn. A layer's tensors differ by orders of magnitude (scales near
// 1, up projections near 0), so every tensor has its own deviation; and since all runs leave from one down projection,
// each number's own mean over the training checkpoints is taken off, so that what is generated is how a concept differs.
// The paper states no normalisation; both choices are ours.
import { UserError } from '../../lib/errors.ts';
import type { ParameterLayout } from '../../train/parameters.ts';

export interface Normalisation {
  /** [P]: every number's mean; this is also the mean adapter. */
  readonly centre: Float32Array;
  /** Root mean square of each tensor's numbers after centring, in the layout's order. */
  readonly scale: Float64Array;
}

/** A tensor that no run changed has no spread to divide by. */
const smallest = 1e-8;

export function normalisationOf(layout: ParameterLayout, vectors: readonly Float32Array[]): Normalisation {
  if (vectors.length === 0)
    throw new UserError('No checkpoint is there to normalise by; run generator:data first.');
  const centre = new Float64Array(layout.size);
  for (const vector of vectors)
    vector.forEach((value, i) => {
      centre[i] = (centre[i] ?? 0) + value / vectors.length;
    });
  const rounded = Float32Array.from(centre);
  const scale = layout.entries.map(({ offset, size }) => {
    let squares = 0;
    for (const vector of vectors) {
      for (let i = offset; i < offset + size; i++) squares += ((vector[i] ?? 0) - (rounded[i] ?? 0)) ** 2;
    }
    return Math.max(smallest, Math.sqrt(squares / (size * vectors.length)));
  });
  return { centre: rounded, scale: Float64Array.from(scale) };
}

/** (v − centre) / scale of its tensor. */
export function normalised(
  layout: ParameterLayout,
  { centre, scale }: Normalisation,
  vector: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return mapped(layout, (i, tensor) => ((vector[i] ?? Number.NaN) - (centre[i] ?? 0)) / (scale[tensor] ?? 1));
}

export function denormalised(
  layout: ParameterLayout,
  { centre, scale }: Normalisation,
  vector: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return mapped(layout, (i, tensor) => (vector[i] ?? Number.NaN) * (scale[tensor] ?? 1) + (centre[i] ?? 0));
}

function mapped(
  { entries, size }: ParameterLayout,
  value: (i: number, tensor: number) => number,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(size);
  entries.forEach((entry, tensor) => {
    for (let i = entry.offset; i < entry.offset + entry.size; i++) result[i] = value(i, tensor);
  });
  return result;
}
