import { describe, expect, it } from 'vitest';
import { appendPoints, band, decimate, nearestPlace, noCurves, smooth, traceOf } from './curves.ts';

const at = (series: 'blocks.0.attn' | 'blocks.1.attn' | 'stage2', step: number, loss = 1) => ({
  series,
  step,
  loss,
  error: null,
});

describe('appendPoints', () => {
  it('grows series and leaves the others as they are', () => {
    const before = appendPoints(noCurves, [at('blocks.0.attn', 0), at('blocks.1.attn', 0)]);
    const after = appendPoints(before, [at('blocks.0.attn', 1)]);
    expect(after.get('blocks.0.attn')?.points.map((point) => point.step)).toEqual([0, 1]);
    expect(after.get('blocks.1.attn')).toBe(before.get('blocks.1.attn'));
    expect(appendPoints(after, [])).toBe(after);
  });

  it('drops what lies after a checkpoint that the run went back to', () => {
    const before = appendPoints(
      noCurves,
      [0, 10, 20, 30].map((step) => at('stage2', step)),
    );
    const after = appendPoints(before, [at('stage2', 20, 5)]);
    expect(after.get('stage2')?.points.map(({ step, loss }) => [step, loss])).toEqual([
      [0, 1],
      [10, 1],
      [20, 5],
    ]);
  });
});

describe('smooth', () => {
  it('is the weighted mean of what was seen, without the pull of the start', () => {
    const [first, second] = smooth([4, 8], 0.5);
    expect(first).toBeCloseTo(4, 12);
    // (0.5·(0.5·4) + 0.5·8) / (1 − 0.25)
    expect(second).toBeCloseTo(5 / 0.75, 12);
  });

  it('equals the closed form Σ w^(k−i) x_i / Σ w^(k−i) at every place', () => {
    const values = Array.from({ length: 200 }, (_, at) => Math.sin(at) * 3 + at / 50);
    for (const weight of [0.3, 0.9, 0.99]) {
      smooth(values, weight).forEach((value, k) => {
        let sum = 0;
        let total = 0;
        for (let i = 0; i <= k; i++) {
          sum += weight ** (k - i) * (values[i] ?? 0);
          total += weight ** (k - i);
        }
        expect(value).toBeCloseTo(sum / total, 9);
      });
    }
  });

  it('keeps a constant constant, passes over NaN, and is the raw line at weight 0', () => {
    for (const value of smooth(Array(50).fill(3), 0.99)) expect(value).toBeCloseTo(3, 9);
    expect(smooth([Number.NaN, 2, Number.NaN], 0.5)).toEqual([null, 2, 2]);
    expect(smooth([5, 1, 7], 0)).toEqual([5, 1, 7]);
  });
});

describe('band', () => {
  it('holds the extremes near each point', () => {
    expect(band([1, 9, 2, 3, 4], 1)).toEqual({ low: [1, 1, 2, 2, 3], high: [9, 9, 9, 4, 4] });
  });

  it('has no value where there is none', () => {
    expect(band([Number.NaN], 2)).toEqual({ low: [null], high: [null] });
  });
});

const noisy = Array.from({ length: 5000 }, (_, step) => ({
  series: 'stage2' as const,
  step,
  loss: 1 + Math.sin(step * 12.9898) / 2 + (step === 1234 ? 40 : 0) - (step === 4321 ? 40 : 0),
  error: null,
}));

describe('decimate', () => {
  const full = traceOf(noisy, 0.95);
  const thin = decimate(full, [0, 4999], 100);

  it('draws at most two points a bucket, in order, each a point that is there', () => {
    expect(thin.steps.length).toBeLessThanOrEqual(202);
    expect(thin.steps).toEqual([...thin.steps].sort((a, b) => a - b));
    thin.steps.forEach((step, at) => {
      expect(thin.raw[at]).toBe(full.raw[step]);
    });
  });

  it('keeps every extreme in line and band, however thin', () => {
    expect(thin.steps).toContain(1234);
    expect(thin.steps).toContain(4321);
    const spike = thin.steps.indexOf(1234);
    expect(thin.high[spike]).toBe(full.raw[1234]);
    expect(Math.min(...thin.low.map((value) => value ?? 0))).toBe(full.raw[4321]);
    // Each row's band holds all raw values of its bucket of 50 steps.
    thin.steps.forEach((step, at) => {
      const bucket = Math.floor((step / 4999) * 100);
      const values = full.raw.filter((_, place) => Math.floor((place / 4999) * 100) === bucket);
      expect(thin.low[at]).toBeLessThanOrEqual(Math.min(...values.map((value) => value ?? 0)));
      expect(thin.high[at]).toBeGreaterThanOrEqual(Math.max(...values.map((value) => value ?? 0)));
    });
  });

  it('smooths before it leaves points out: a coarser screen shows the same values', () => {
    thin.steps.forEach((step, at) => {
      expect(thin.smoothed[at]).toBe(full.smoothed[step]);
    });
  });

  it('leaves few points alone and keeps one point on each side of a range', () => {
    const few = traceOf(noisy.slice(0, 50), 0.5);
    expect(decimate(few, [0, 49], 100)).toEqual(few);
    expect(decimate(few, [10, 12], 100).steps).toEqual([9, 10, 11, 12, 13]);
  });
});

describe('nearestPlace', () => {
  it('finds the nearer neighbour, and none in nothing', () => {
    expect([4, 5, 9, -3, 99].map((step) => nearestPlace([0, 10, 20], step))).toEqual([0, 0, 1, 0, 2]);
    expect(nearestPlace([], 3)).toBeUndefined();
  });
});
