// A sheet of emoji: one PNG of many square cells, row by row, all sets in one order of names.
import { decode, encode } from 'fast-png';
import { FileError } from '../../lib/errors.ts';
import { newPicture, type Picture } from '../concepts/picture.ts';

export interface Sheet {
  readonly count: number;
  readonly side: number;
  picture(index: number): Picture;
}

/**
 * @param names how many cells hold a picture
 * @throws FileError when the sheet is too small for them
 */
export function readSheet(bytes: Uint8Array, name: string, count: number, side = 32): Sheet {
  const { width, height, channels, data } = decode(bytes);
  const columns = Math.floor(width / side);
  if (columns * Math.floor(height / side) < count) {
    throw new FileError(
      `${name} has ${width} × ${height} pixels, too few for ${count} pictures of ${side} × ${side}.`,
    );
  }
  return {
    count,
    side,
    picture(index) {
      const picture = newPicture(side);
      const [left, top] = [(index % columns) * side, Math.floor(index / columns) * side];
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const at = ((top + y) * width + left + x) * channels;
          for (let c = 0; c < 3; c++) {
            picture.planes[c * side * side + y * side + x] = (data[at + c] ?? 0) / 255;
          }
        }
      }
      return picture;
    },
  };
}

/** @param cells RGB bytes of each picture, row by row */
export function writeSheet(cells: readonly Uint8Array[], side = 32): Uint8Array {
  const columns = Math.ceil(Math.sqrt(cells.length));
  const rows = Math.ceil(cells.length / columns);
  const width = columns * side;
  const data = new Uint8Array(width * rows * side * 3).fill(255);
  cells.forEach((cell, index) => {
    const [left, top] = [(index % columns) * side, Math.floor(index / columns) * side];
    for (let y = 0; y < side; y++) {
      data.set(cell.subarray(y * side * 3, (y + 1) * side * 3), ((top + y) * width + left) * 3);
    }
  });
  return encode({ width, height: rows * side, data, channels: 3, depth: 8 });
}
