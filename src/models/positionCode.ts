// The fixed two-dimensional sine-cosine code of token positions (golden README, «Position code»).
import { UserError } from '../lib/errors.ts';

const base = 10_000;

/**
 * Table [grid², width], tokens in raster order. The first half of the features encodes the column, the second the row;
 * within each half first all sines, then all cosines, with omega_i = 10000^(−i/(width/4)). Float64, rounded once.
 */
export function positionCode(width: number, grid: number): Float32Array<ArrayBuffer> {
  if (width % 4 !== 0 || width < 4) {
    throw new UserError(`A position code needs a width divisible by 4, got ${width}.`);
  }
  const quarter = width / 4;
  const table = new Float32Array(grid * grid * width);
  for (let row = 0; row < grid; row++) {
    for (let column = 0; column < grid; column++) {
      const at = (row * grid + column) * width;
      for (let i = 0; i < quarter; i++) {
        const omega = base ** (-i / quarter);
        table[at + i] = Math.sin(column * omega);
        table[at + quarter + i] = Math.cos(column * omega);
        table[at + 2 * quarter + i] = Math.sin(row * omega);
        table[at + 3 * quarter + i] = Math.cos(row * omega);
      }
    }
  }
  return table;
}
