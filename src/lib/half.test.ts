import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bfloat16Of,
  bfloat16sOf,
  floatOfHalf,
  floatsOfBfloat16s,
  floatsOfHalves,
  halfOf,
  halvesOf,
} from './half.ts';

const patterns = Uint16Array.from({ length: 0x10000 }, (_, pattern) => pattern);

/** The nearest f16 by search among all finite ones, ties to the even pattern: slow, and independent of the bit tricks. */
function nearestHalf(value: number): number {
  let low = 0;
  let high = 0x7c00; // stands for 2^16 here, the next step after 65 504
  const magnitude = Math.abs(value);
  const step = (pattern: number) => (pattern === 0x7c00 ? 65536 : floatOfHalf(pattern));
  if (magnitude >= 65536) return (value < 0 ? 0x8000 : 0) | 0x7c00;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (step(middle) <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - step(low);
  const above = step(high) - magnitude;
  const nearest = below < above || (below === above && low % 2 === 0) ? low : high;
  return (value < 0 || Object.is(value, -0) ? 0x8000 : 0) | nearest;
}

describe('f16', () => {
  it.each([
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ])('%d means %d', (pattern, value) => {
    expect(floatOfHalf(pattern)).toBe(value);
    expect(halfOf(value)).toBe(pattern);
  });

  it('returns every pattern that is not a NaN from its value', () => {
    const back = halvesOf(floatsOfHalves(patterns));
    const wrong = patterns.filter((pattern, i) => (pattern & 0x7fff) <= 0x7c00 && back[i] !== pattern);
    expect([...wrong]).toEqual([]);
    expect(floatOfHalf(0x7c01)).toBeNaN();
    expect(halfOf(Number.NaN) & 0x7fff).toBeGreaterThan(0x7c00);
  });

  it('rounds to nearest, ties to even', () => {
    expect(halfOf(65519.99)).toBe(0x7bff);
    expect(halfOf(65520)).toBe(0x7c00);
    expect(halfOf(2 ** -25)).toBe(0); // tie with zero
    expect(halfOf(Math.fround(2 ** -25 * (1 + 2 ** -23)))).toBe(1);
    expect(halfOf(2049)).toBe(halfOf(2048));
    expect(halfOf(2051)).toBe(halfOf(2052));
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -70000, max: 70000 }), (value) => {
        expect(halfOf(value)).toBe(nearestHalf(value));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(-1e-4), max: Math.fround(1e-4) }), (value) => {
        expect(halfOf(value)).toBe(nearestHalf(value));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bfloat16', () => {
  it('returns every pattern that is not a NaN from its value', () => {
    const back = bfloat16sOf(floatsOfBfloat16s(patterns));
    const wrong = patterns.filter((pattern, i) => (pattern & 0x7fff) <= 0x7f80 && back[i] !== pattern);
    expect([...wrong]).toEqual([]);
  });

  it('rounds to nearest, ties to even', () => {
    expect(bfloat16Of(1 + 2 ** -8)).toBe(0x3f80);
    expect(bfloat16Of(1 + 3 * 2 ** -8)).toBe(0x3f82);
    expect(bfloat16Of(Math.fround(1 + 2 ** -8 + 2 ** -20))).toBe(0x3f81);
    expect(bfloat16Of(3.4e38)).toBe(0x7f80);
    expect(bfloat16Of(Number.NaN)).toBe(0x7fc0);
  });
});
