import { describe, expect, it } from 'vitest';
import { goldenCase, largestDifference } from '../cli/golden-data/goldenCase.ts';
import { timestepCode } from './timestepCode.ts';

const golden = goldenCase('embeddings');
const timesteps = golden.f32('timesteps');

describe('timestepCode', () => {
  it.each([256, 16, 7])('agrees with the reference for width %i', (width) => {
    const key = `timestep/dim${width}`;
    expect(largestDifference(timestepCode(timesteps, width), golden.f32(key))).toBeLessThan(golden.atol(key));
  });

  it.each([16, 7])('rounds where the reference rounds: width %i agrees to the last bit or two', (width) => {
    const table = timestepCode(timesteps, width);
    // Exact arithmetic is off by 3e-6 (width 7) and 9e-6 (width 16), so this fails without the rounding stages.
    expect(largestDifference(table, golden.f32(`timestep/dim${width}`))).toBeLessThan(1e-7);
    expect(largestDifference(table, golden.f64(`timestep/dim${width}/exact`))).toBeGreaterThan(2e-6);
  });

  it('rounds where the reference rounds: width 256 has the same bits in nearly all columns', () => {
    const table = timestepCode(timesteps, 256);
    const reference = golden.f32('timestep/dim256');
    const differing = new Set<number>();
    table.forEach((value, i) => {
      if (Math.abs(value - (reference[i] ?? Number.NaN)) > 1e-7) differing.add(i % 256);
    });
    // The reference's exp is a unit in the last place off at two of the 128 frequencies: a cosine and a sine column each.
    expect(differing.size).toBeLessThanOrEqual(4);
  });

  it('ends with the frequency 1/10000 when the divisor is half minus one', () => {
    const width = 256;
    const [code, original] = [timestepCode([999], width, 'halfMinusOne'), timestepCode([999], width)];
    expect(code[127]).toBeCloseTo(Math.cos(999e-4), 6);
    expect(code[255]).toBeCloseTo(Math.sin(999e-4), 6);
    expect(original[255]).toBeCloseTo(Math.sin(999 * 10_000 ** (-127 / 128)), 6);
    expect(code[0]).toBe(original[0]);
  });

  it('refuses a width without frequencies', () => {
    expect(() => timestepCode([0], 1)).toThrow(
      'A timestep code of width 1 has no frequencies with the divisor «half».',
    );
    expect(() => timestepCode([0], 3, 'halfMinusOne')).toThrow('with the divisor «halfMinusOne»');
  });
});
