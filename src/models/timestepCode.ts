// The sinusoidal code of a timestep, in single precision as the reference computes it (golden README, trap 2).
// Graphics processors' sine and cosine are too coarse for arguments up to 999, so this table is made on the host.
import { UserError } from '../lib/errors.ts';

/**
 * What the exponents are divided by, for a code of `width` numbers with half = ⌊width/2⌋ frequencies:
 * `half` (128 for width 256) in facebookresearch/DiT, `halfMinusOne` (127) in diffusers' DiTTransformer2DModel.
 */
export type FrequencyDivisor = 'half' | 'halfMinusOne';

const maxPeriod = 10_000;

/** Table [t.length, width]: first cos(t f_i), then sin(t f_i), f_i = 10000^(−i/divisor); an odd width ends with 0. */
export function timestepCode(
  t: ArrayLike<number>,
  width: number,
  divisor: FrequencyDivisor = 'half',
): Float32Array<ArrayBuffer> {
  const frequencies = timestepFrequencies(width, divisor);
  const half = frequencies.length;
  const table = new Float32Array(t.length * width);
  for (let row = 0; row < t.length; row++) {
    const timestep = Math.fround(t[row] ?? Number.NaN);
    frequencies.forEach((frequency, i) => {
      const angle = Math.fround(timestep * frequency);
      table[row * width + i] = Math.cos(angle);
      table[row * width + half + i] = Math.sin(angle);
    });
  }
  return table;
}

function timestepFrequencies(width: number, divisor: FrequencyDivisor): Float32Array {
  const half = Math.floor(width / 2);
  const steps = divisor === 'half' ? half : half - 1;
  if (steps < 1) {
    throw new UserError(
      `A timestep code of width ${width} has no frequencies with the divisor «${divisor}».`,
    );
  }
  const slope = Math.fround(-Math.log(maxPeriod));
  return Float32Array.from({ length: half }, (_, i) => Math.exp(Math.fround(Math.fround(slope * i) / steps)));
}
