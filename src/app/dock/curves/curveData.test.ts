import { describe, expect, it } from 'vitest';
import type { Curve } from '../../../store/curves.ts';
import { columns, positive, sharedAxes } from './curveData.ts';
import { logTicks } from './plotOptions.ts';

const curve = (losses: readonly number[]): Curve => ({
  series: 'blocks.0.attn',
  points: losses.map((loss, step) => ({ series: 'blocks.0.attn', step, loss, error: null })),
});

describe('curve columns', () => {
  it('keep the raw line raw, and gaps where the loss is NaN', () => {
    const [steps, raw, smoothed, low, high] = columns(curve([1, Number.NaN, 3]), 0);
    expect(steps).toEqual([0, 1, 2]);
    expect(raw).toEqual([1, null, 3]);
    expect(smoothed).toEqual([1, 1, 3]);
    expect([low, high]).toEqual([
      [1, 1, 1],
      [3, 3, 3],
    ]);
  });

  it('leave out what a log axis cannot show', () => {
    expect(positive(columns(curve([0, 2]), 0))[1]).toEqual([null, 2]);
  });
});

describe('sharedAxes', () => {
  it('spans all curves and the planned steps', () => {
    expect(sharedAxes([curve([1, 5]), curve([0.5])], 400)).toEqual({ steps: 400, low: 0.5, high: 5 });
    expect(sharedAxes([curve([1, 2, Number.NaN])], null)).toEqual({ steps: 2, low: 1, high: 2 });
    expect(sharedAxes([], null)).toEqual({ steps: 1, low: 0, high: 1 });
  });
});

describe('logTicks', () => {
  it('marks decades, and halves of them where there are few', () => {
    expect(logTicks(0.005, 20)).toEqual([0.01, 0.1, 1, 10].map((tick) => expect.closeTo(tick, 9)));
    expect(logTicks(0.03, 0.3)).toEqual([0.05, 0.1, 0.2].map((tick) => expect.closeTo(tick, 9)));
  });

  it('has none where there is no log', () => {
    expect(logTicks(0, 1)).toEqual([]);
    expect(logTicks(2, 1)).toEqual([]);
  });
});
