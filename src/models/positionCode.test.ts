import { describe, expect, it } from 'vitest';
import { goldenCase, largestDifference } from '../cli/golden-data/goldenCase.ts';
import { positionCode } from './positionCode.ts';

const golden = goldenCase('embeddings');

describe('positionCode', () => {
  it.each([
    [48, 4],
    [32, 4],
    [64, 8],
  ])('is the table of the reference for width %i on a grid of %i', (width, grid) => {
    const key = `pos_embed/dim${width}_grid${grid}`;
    expect(largestDifference(positionCode(width, grid), golden.f32(key))).toBeLessThan(golden.atol(key));
  });

  it('has the rows of DiT-XL/2', () => {
    const table = positionCode(1152, 16);
    const rows = Array.from(golden.i32('pos_embed/dim1152_grid16_rows/index'), (token) => [
      ...table.subarray(token * 1152, (token + 1) * 1152),
    ]).flat();
    const key = 'pos_embed/dim1152_grid16_rows';
    expect(largestDifference(rows, golden.f32(key))).toBeLessThan(golden.atol(key));
  });

  it('refuses a width that four parts cannot share', () => {
    expect(() => positionCode(6, 4)).toThrow('A position code needs a width divisible by 4, got 6.');
  });
});
