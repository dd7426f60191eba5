// A picture of many images: rows of equal meaning, columns of equal seed and class.
import { encodePng, type Picture } from '../formats/png.ts';
import { assert } from '../lib/errors.ts';

const gap = 2;
const rowGap = 6;

/** Shape of a grid: `columns` pictures of `size` pixels in a row, `groupRows` rows close together. */
interface GridShape {
  readonly columns: number;
  readonly size: number;
  readonly groupRows: number;
}

function topOf(row: number, { size, groupRows }: GridShape): number {
  return gap + row * (size + gap) + Math.floor(row / groupRows) * rowGap;
}

/** @param rows each [columns, size, size] in 0 … 255; rows after the first of a group belong to it */
export function imageGrid(
  rows: readonly Uint8Array[],
  columns: number,
  size: number,
  groupRows: number,
  text: Readonly<Record<string, string>>,
): Uint8Array {
  const width = columns * (size + gap) + gap;
  const top = (row: number) => topOf(row, { columns, size, groupRows });
  const height = top(rows.length - 1) + size + gap;
  const pixels = new Uint8Array(width * height).fill(255);
  rows.forEach((images, row) => {
    for (let column = 0; column < columns; column++) {
      for (let y = 0; y < size; y++) {
        const from = (column * size + y) * size;
        pixels.set(images.subarray(from, from + size), (top(row) + y) * width + gap + column * (size + gap));
      }
    }
  });
  return encodePng({ width, height, channels: 1, data: pixels }, text);
}

/** The rows of a grid again, each [columns, size, size]. */
export function rowsOfGrid({ width, height, channels, data }: Picture, shape: GridShape): Uint8Array[] {
  const { columns, size } = shape;
  assert(
    channels === 1 && width === columns * (size + gap) + gap,
    () => `a grey grid of ${columns} pictures of ${size} pixels cannot be ${width} pixels wide`,
  );
  const rows: Uint8Array[] = [];
  for (let row = 0; topOf(row, shape) + size + gap <= height; row++) {
    const images = new Uint8Array(columns * size * size);
    for (let column = 0; column < columns; column++) {
      for (let y = 0; y < size; y++) {
        const from = (topOf(row, shape) + y) * width + gap + column * (size + gap);
        images.set(data.subarray(from, from + size), (column * size + y) * size);
      }
    }
    rows.push(images);
  }
  return rows;
}
