import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';

const want = { shape: [2, 2], data: Float32Array.of(1, 2, 100, 0) };

describe('compare', () => {
  it('allows atol + 1e-5 |want| at every element', () => {
    const rule = { atol: 1e-3 };
    expect(compare('x', [1, 2, 100 + 1.9e-3, 0], want, rule).passed).toBe(true);
    expect(compare('x', [1, 2 + 1.9e-3, 100, 0], want, rule).passed).toBe(false);
    expect(compare('x', [1, 2 + 1.9e-3, 100, 0], want, rule, 10).passed).toBe(true);
  });

  it('reports the largest error with its own tolerance, and the share of the tightest one', () => {
    const check = compare('x', [1 + 8e-4, 2, 100 + 1e-3, 0], want, { atol: 1e-3 });
    expect(check.error).toBeCloseTo(1e-3, 9);
    expect(check.tolerance).toBeCloseTo(2e-3, 9);
    expect(check.relativeError).toBeCloseTo(1e-5, 9);
    expect(check.used).toBeCloseTo(8e-4 / (1e-3 + 1e-5), 4);
  });

  it('bounds the root mean square as well', () => {
    const off = [1 + 1e-4, 2 + 1e-4, 100 + 1e-4, 1e-4];
    expect(compare('x', off, want, { atol: 1e-3, rmsAtol: 2e-4 }).passed).toBe(true);
    expect(compare('x', off, want, { atol: 1e-3, rmsAtol: 5e-5 }).passed).toBe(false);
  });

  it('takes the tolerance of a step, and leaves rows out', () => {
    const off = [1, 2.5, 100, 0];
    expect(compare('x', off, want, { atol: 1, atolPerStep: [0.1, 1] }).passed).toBe(false);
    expect(compare('x', off, want, { atol: 0, rows: [[1, 2]] })).toMatchObject({ passed: true, count: 2 });
  });

  it.each([[[Number.NaN, 2, 100, 0]], [[1, 2, 100, Number.POSITIVE_INFINITY]]])(
    'does not pass %j, wherever it stands',
    (got) => {
      expect(compare('x', got, want, { atol: 1 }).passed).toBe(false);
    },
  );

  it('does not pass another number of elements, or no tolerance at all where numbers differ', () => {
    expect(compare('x', [1, 2], want, { atol: 9 })).toMatchObject({
      passed: false,
      problem: '2 numbers, expected 4',
    });
    const whole = { shape: [2], data: Int32Array.of(3, 4) };
    expect(compare('x', [3, 5], whole, {}).passed).toBe(false);
    expect(compare('x', [3, 4], whole, {}).passed).toBe(true);
  });
});
