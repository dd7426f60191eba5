import { describe, expect, it } from 'vitest';
import { appendPoints, band, noCurves, smooth } from './curves.ts';

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
