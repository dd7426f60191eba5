import { describe, expect, it } from 'vitest';
import { decodePng } from '../formats/png.ts';
import { imageGrid, rowsOfGrid } from './imageGrid.ts';

const images = (first: number) => Uint8Array.from({ length: 3 * 4 * 4 }, (_, i) => (first + i) % 256);

describe('a grid of pictures', () => {
  it('gives back the rows that it was made of', () => {
    const rows = [images(0), images(50), images(100), images(150)];
    const { picture } = decodePng(imageGrid(rows, 3, 4, 2, {}));
    expect(rowsOfGrid(picture, { columns: 3, size: 4, groupRows: 2 })).toEqual(rows);
  });

  it('refuses a picture of another shape', () => {
    const { picture } = decodePng(imageGrid([images(0)], 3, 4, 2, {}));
    expect(() => rowsOfGrid(picture, { columns: 5, size: 4, groupRows: 2 })).toThrow(/20 pixels wide/);
  });
});
