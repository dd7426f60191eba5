import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from './random.ts';

const normals = (count: number, start = 0) =>
  randomStream(7, 'stage2', 'noise', 3).normal(new Float32Array(count), start);

function moments(values: ArrayLike<number>): {
  mean: number;
  variance: number;
  skewness: number;
  kurtosis: number;
} {
  const list = Array.from(values);
  const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
  const central = (power: number) => list.reduce((sum, x) => sum + (x - mean) ** power, 0) / list.length;
  const variance = central(2);
  return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const x = Array.from(a);
  return x.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0) / x.length;
}

describe('a random stream', () => {
  // Computed by an independent Python implementation of the documented definition (hashlib, big integers).
  it('gives the documented numbers', () => {
    const stream = randomStream(7, 'stage2', 'noise', 3);
    expect([...stream.uniform(0, 3)]).toEqual([0.8329890343593433, 0.4860935671022162, 0.8227173011982813]);
    expect([...stream.uniform(2 ** 40 + 1, 1)]).toEqual([0.6635633235564455]);
    const expected = [
      -0.6022345469881527, 0.05275559009868012, 0.40055030591395935, -0.4794212374657348, -0.2858328751337372,
    ];
    normals(5).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 7);
    });
    expect(normals(1, 2 ** 34 + 1)[0]).toBeCloseTo(-0.06836335053932623, 7);
    expect([...stream.integers(new Int32Array(5), 1000)]).toEqual([832, 822, 959, 666, 867]);
    expect([...stream.integers(new Int32Array(3), 2 ** 31 - 1)]).toEqual([
      1788830329, 1766771950, 2059765401,
    ]);
    expect([...stream.permutation(10)]).toEqual([7, 1, 3, 9, 4, 2, 6, 0, 5, 8]);
  });

  it('does not depend on how a range is split into calls, nor on their order', () => {
    const total = 3000;
    const whole = { uniform: randomStream(1).uniform(5, total), normal: new Float32Array(total) };
    randomStream(1).normal(whole.normal, 5);
    const integers = randomStream(1).integers(new Int32Array(total), 97, 5);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: total }), fc.integer({ min: 0, max: 1100 }), (start, length) => {
        const count = Math.min(length, total - start);
        const stream = randomStream(1);
        expect(stream.integers(new Int32Array(count), 97, 5 + start)).toEqual(
          integers.slice(start, start + count),
        );
        expect(stream.normal(new Float32Array(count), 5 + start)).toEqual(
          whole.normal.slice(start, start + count),
        );
        expect(stream.uniform(5 + start, count)).toEqual(whole.uniform.slice(start, start + count));
      }),
    );
  });

  it('draws standard normal numbers', () => {
    const count = 131_072;
    const { mean, variance, skewness, kurtosis } = moments(normals(count));
    // Five standard errors of each estimate: sqrt(1/n), sqrt(2/n), sqrt(6/n), sqrt(24/n).
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(1 / count));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(skewness)).toBeLessThan(5 * Math.sqrt(6 / count));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / count));
    const beyondTwo = normals(count).filter((x) => Math.abs(x) > 2).length / count;
    expect(beyondTwo).toBeCloseTo(0.0455, 2);
  });

  it('draws uniform numbers in the open unit interval', () => {
    const count = 131_072;
    const values = randomStream(2).uniform(0, count);
    const { mean, variance } = moments(values);
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / count));
    expect(values.every((u) => u > 0 && u < 1)).toBe(true);
  });

  it('draws integers below the bound, all equally often', () => {
    const count = 100_000;
    const bound = 10;
    const histogram = new Float64Array(bound);
    for (const value of randomStream(3).integers(new Int32Array(count), bound)) {
      histogram[value] = (histogram[value] ?? Number.NaN) + 1;
    }
    const expected = count / bound;
    const chiSquare = histogram.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 0.9999 quantile of chi-square with nine degrees of freedom.
    expect(chiSquare).toBeLessThan(33.7);
    expect(histogram.reduce((sum, n) => sum + n, 0)).toBe(count);
  });

  it('permutes without loss', () => {
    const order = randomStream(4).permutation(5000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expect(order.filter((value, i) => value === i).length).toBeLessThan(12);
    expect([...randomStream(4).permutation(0)]).toEqual([]);
  });

  it('differs by seed and by every part of the path', () => {
    const count = 20_000;
    const streams = [
      randomStream(0),
      randomStream(1),
      randomStream(0, 1),
      randomStream(0, '1'),
      randomStream(0, 1, 2),
      randomStream(0, 12),
    ].map((stream) => stream.normal(new Float32Array(count)));
    streams.forEach((a, i) => {
      for (const b of streams.slice(i + 1)) {
        expect(Math.abs(correlation(a, b))).toBeLessThan(5 / Math.sqrt(count));
      }
    });
  });

  it('refuses counters and bounds that it cannot honour', () => {
    expect(() => randomStream(0, 'x').uniform(-1, 1)).toThrow(
      'random stream [0,"x"] has no elements -1 to -1',
    );
    expect(() => randomStream(0).normal(new Float32Array(2), 0.5)).toThrow('has no elements 0.5');
    expect(() => randomStream(0).integers(new Int32Array(1), 0)).toThrow('a bound from 1 to 2^31, got 0');
    expect(() => randomStream(Number.NaN)).toThrow('$[0] is NaN');
  });
});
