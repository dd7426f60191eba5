import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paethImages, paethResiduals } from './paeth.ts';

describe('Paeth residuals', () => {
  it('predict from the neighbour nearest to left + upper − corner, within each image alone', () => {
    // Second row of the first image: 12 from 10 above; 25 from its upper neighbour 20 (12 + 20 − 10 = 22);
    // the second image starts anew, so its first pixel stays as it is.
    const images = Uint8Array.of(10, 20, 12, 25, 7, 6, 5, 4);
    expect([...paethResiduals(images, 2, 2)]).toEqual([10, 10, 2, 5, 7, 255, 254, 255]);
  });

  it('give the images back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 4 }),
        fc.infiniteStream(fc.nat(255)),
        (rows, columns, count, pixels) => {
          const images = Uint8Array.from({ length: rows * columns * count }, () => pixels.next().value);
          expect(paethImages(paethResiduals(images, rows, columns), rows, columns)).toEqual(images);
        },
      ),
    );
  });
});
