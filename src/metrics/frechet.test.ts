import { describe, expect, it } from 'vitest';
import { goldenCase, largestDifference } from '../cli/golden-data/goldenCase.ts';
import { randomStream } from '../lib/random.ts';
import { FeatureAccumulator, featureStatistics } from './featureStatistics.ts';
import { frechetDistance, traceOfRoot } from './frechet.ts';

const golden = goldenCase('fid');

interface Expected {
  fid: number;
  trace_sqrt: number;
  fid_arguments_swapped: number;
  atol: number;
}
const expected = (name: string) => golden.scalars[name] as Expected;

function gaussian(name: string, which: 1 | 2) {
  const mean = golden.f64(`${name}/mu${which}`);
  return { dim: mean.length, mean, covariance: golden.f64(`${name}/cov${which}`) };
}

function rawStatistics(name: string) {
  const { shape, data } = golden.tensor(`raw/${name}/features`);
  const [count = 0, dim = 0] = shape;
  if (data instanceof Int32Array) throw new Error('features are floating-point');
  return featureStatistics(data, count, dim);
}

describe('frechetDistance', () => {
  it.each([
    'random',
    'identical',
    'same_cov',
    'diagonal',
    'ill_conditioned',
    'rank_deficient_one',
    'rank_deficient_both',
    'zero_cov',
  ])('is the reference for the pair «%s»', (name) => {
    const [a, b] = [gaussian(name, 1), gaussian(name, 2)];
    const { fid, trace_sqrt, fid_arguments_swapped, atol } = expected(name);
    expect(Math.abs(frechetDistance(a, b) - fid)).toBeLessThan(atol);
    expect(Math.abs(frechetDistance(b, a) - fid_arguments_swapped)).toBeLessThan(atol);
    expect(Math.abs(traceOfRoot(a, b) - trace_sqrt)).toBeLessThan(atol);
  });

  it.each([
    ['f1', 'f2'],
    ['f1', 'f3'],
    ['f3', 'f2'],
    ['f1', 'f1'],
  ])('is the reference from the raw features %s and %s', (first, second) => {
    const { fid, atol } = expected(`raw_${first}_${second}`);
    expect(Math.abs(frechetDistance(rawStatistics(first), rawStatistics(second)) - fid)).toBeLessThan(atol);
  });

  it('says in one sentence what cannot be compared', () => {
    const a = gaussian('random', 1);
    expect(() => frechetDistance(a, gaussian('identical', 1))).toThrow(
      'The Fréchet distance needs features of one kind, got 4 and 8 dimensions.',
    );
    expect(() => frechetDistance(a, { ...a, mean: a.mean.map(() => Number.NaN) })).toThrow(
      'The Fréchet distance needs finite statistics, but the second set has NaN or infinite entries: its images diverged.',
    );
  });
});

describe('featureStatistics', () => {
  it.each(['f1', 'f2', 'f3'])('gives the mean and covariance of the reference for %s', (name) => {
    const { mean, covariance } = rawStatistics(name);
    expect(largestDifference(mean, golden.f64(`raw/${name}/mean`))).toBeLessThan(1e-13);
    expect(largestDifference(covariance, golden.f64(`raw/${name}/cov`))).toBeLessThan(1e-13);
  });

  it('does not depend on the batches, even far from zero', () => {
    const dim = 5;
    const count = 300;
    const near = Float64Array.from(randomStream(1).normal(new Float32Array(count * dim)));
    const far = near.map((x) => x + 1e6);
    const wanted = featureStatistics(near, count, dim).covariance;
    const accumulator = new FeatureAccumulator(dim);
    let row = 0;
    for (const batch of [1, 0, 99, 2, 198]) {
      accumulator.add(far.subarray(row * dim, (row + batch) * dim), batch);
      row += batch;
    }
    expect(accumulator.count).toBe(count);
    // A sum of raw squares would be off by about 1e12 · 2^-52 = 2e-4.
    expect(largestDifference(accumulator.statistics().covariance, wanted)).toBeLessThan(1e-8);
  });

  it('refuses fewer than two samples', () => {
    expect(() => featureStatistics(new Float32Array(3), 1, 3)).toThrow(
      'A covariance needs at least 2 samples, got 1: draw more samples.',
    );
    expect(() => new FeatureAccumulator(3).add(new Float32Array(4), 1)).toThrow(
      '1 feature vectors of 3 numbers, got 4 numbers in all',
    );
  });
});
