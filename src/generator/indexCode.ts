// The sinusoidal code of a block's index n, or of a timestep.

/**
 * `interleaved`: sin, cos, sin, cos, …; `split`: all sines, then all cosines. The angles are n / 10000^(2i/d),
 * i = 0 … ⌊(d − 1)/2⌋; of an odd d the last entry is a sine. Row-major [numbers, d], float64.
 */
export function indexCode(
  numbers: ArrayLike<number>,
  width: number,
  layout: 'interleaved' | 'split' = 'interleaved',
): Float64Array {
  const angles = Math.ceil(width / 2);
  const code = new Float64Array(numbers.length * width);
  for (let row = 0; row < numbers.length; row++) {
    for (let i = 0; i < angles; i++) {
      const angle = (numbers[row] ?? 0) / 10000 ** ((2 * i) / width);
      const [sine, cosine] = layout === 'interleaved' ? [2 * i, 2 * i + 1] : [i, angles + i];
      code[row * width + sine] = Math.sin(angle);
      if (cosine < width) code[row * width + cosine] = Math.cos(angle);
    }
  }
  return code;
}
