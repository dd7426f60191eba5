// A picture of many images: rows of equal meaning, columns of equal seed and class.
import { encodePng } from '../formats/png.ts';

const gap = 2;
const rowGap = 6;

/** @param rows each [columns, size, size] in 0 … 255; rows after the first of a group belong to it */
export function imageGrid(
  rows: readonly Uint8Array[],
  columns: number,
  size: number,
  groupRows: number,
  text: Readonly<Record<string, string>>,
): Uint8Array {
  const width = columns * (size + gap) + gap;
  const top = (row: number) => gap + row * (size + gap) + Math.floor(row / groupRows) * rowGap;
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
