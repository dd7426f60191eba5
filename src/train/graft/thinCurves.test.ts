import { describe, expect, it } from 'vitest';
import type { CurvePoint } from './progress.ts';
import { thinCurves } from './thinCurves.ts';

const lossAt = (step: number) => 1 / (1 + step / 100) + ((step * 7919) % 101) / 1000;
const series = (name: CurvePoint['series'], steps: number): CurvePoint[] =>
  Array.from({ length: steps }, (_, at) => ({
    series: name,
    step: at + 1,
    loss: lossAt(at + 1),
    error: (at + 1) % 500 === 0 ? 0.25 : null,
  }));

describe('thinCurves', () => {
  it('leaves short series as they are', () => {
    const points = [...series('blocks.0.attn', 192), ...series('stage2', 50)];
    expect(thinCurves(points)).toEqual(points);
  });

  it('keeps ends, extremes and measured errors of a long series in a few kilobytes', () => {
    const points = series('stage2', 20_000);
    points[9] = { series: 'stage2', step: 10, loss: 42, error: null };
    points[19] = { series: 'stage2', step: 20, loss: Number.NaN, error: null };
    const thin = thinCurves(points);
    const steps = thin.map(({ step }) => step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect([steps[0], steps.at(-1)]).toEqual([1, 20_000]);
    expect(Math.max(...thin.map(({ loss }) => loss).filter(Number.isFinite))).toBe(42);
    const lowest = Math.min(...points.map(({ loss }) => loss).filter(Number.isFinite));
    expect(Math.min(...thin.map(({ loss }) => loss).filter(Number.isFinite))).toBeCloseTo(lowest, 5);
    expect(thin.some(({ step, loss }) => step === 20 && Number.isNaN(loss))).toBe(true);
    expect(thin.filter(({ error }) => error !== null)).toHaveLength(40);
    expect(thin.length).toBeLessThan(48 * 4 + 41);
    expect(JSON.stringify(points).length / JSON.stringify(thin).length).toBeGreaterThan(40);
  });

  it('carries the mean of every stretch, from which smoothing goes on', () => {
    const points = series('blocks.1.mlp', 4800);
    const thin = thinCurves(points);
    const first = points.slice(0, 100).reduce((sum, { loss }) => sum + loss, 0) / 100;
    expect(thin[0]?.mean).toBeCloseTo(first, 5);
    expect(new Set(thin.map(({ mean }) => mean)).size).toBe(48);
  });

  it('may be done again without losing more', () => {
    const once = thinCurves(series('stage2', 5000));
    expect(thinCurves(once)).toEqual(once);
  });
});
