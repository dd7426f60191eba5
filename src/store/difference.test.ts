import { describe, expect, it } from 'vitest';
import type { SampleFrame } from '../workers/protocol.ts';
import { differenceFrame, differenceOf, largestOverSteps } from './difference.ts';

function frame(pixels: readonly number[], step = 1): SampleFrame {
  return {
    jobId: 'job',
    which: 'base',
    step,
    steps: 2,
    size: 2,
    channels: 1,
    pixels: Uint8Array.from(pixels),
  };
}

const a = frame([0, 10, 200, 255, 5, 5, 5, 5]);
const b = frame([0, 12, 190, 255, 5, 5, 5, 9]);

describe('the difference of pictures', () => {
  it('is zero everywhere between a picture and itself, at any gain', () => {
    expect(differenceOf(a, a)).toEqual({ mean: 0, largest: 0 });
    expect([...differenceFrame(a, a, 32).pixels]).toEqual(Array(8).fill(0));
    expect(largestOverSteps([a, frame(Array(8).fill(1), 2)], [a, frame(Array(8).fill(1), 2)])).toBe(0);
  });

  it('is the mean and the largest of what changed, of one picture or of all', () => {
    expect(differenceOf(a, b, 0)).toEqual({ mean: 3, largest: 10 });
    expect(differenceOf(a, b, 1)).toEqual({ mean: 1, largest: 4 });
    expect(differenceOf(a, b)).toEqual({ mean: 2, largest: 10 });
    expect(differenceOf(b, a)).toEqual(differenceOf(a, b));
  });

  it('is amplified by the gain up to white', () => {
    expect([...differenceFrame(a, b, 8).pixels]).toEqual([0, 16, 80, 0, 0, 0, 0, 32]);
    expect(differenceFrame(a, b, 100).pixels[2]).toBe(255);
  });

  it('looks at every step that both have', () => {
    const late = frame([0, 0, 0, 0, 0, 0, 0, 0], 2);
    expect(largestOverSteps([a, late], [a, frame([0, 0, 7, 0, 0, 0, 0, 0], 2)])).toBe(7);
    expect(largestOverSteps([late], [a])).toBe(0);
  });
});
