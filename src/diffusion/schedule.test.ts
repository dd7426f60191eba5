import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenCase, largestDifference } from '../cli/golden-data/goldenCase.ts';
import { asFloat32, keptSteps, linearSchedule, respaced, type Schedule } from './schedule.ts';

const golden = goldenCase('diffusion');

const goldenNames = {
  betas: 'betas',
  alphasCumprod: 'alphas_cumprod',
  sqrtOneMinusAlphasCumprod: 'sqrt_one_minus_alphas_cumprod',
  sqrtRecipm1AlphasCumprod: 'sqrt_recipm1_alphas_cumprod',
  posteriorVariance: 'posterior_variance',
  posteriorLogVarianceClipped: 'posterior_log_variance_clipped',
  posteriorMeanCoef1: 'posterior_mean_coef1',
  posteriorMeanCoef2: 'posterior_mean_coef2',
} as const satisfies Partial<Record<keyof Schedule, string>>;

function expectGolden(schedule: Schedule, name: string): void {
  for (const [field, goldenName] of Object.entries(goldenNames)) {
    const got = schedule[field as keyof typeof goldenNames];
    const key = `schedule/${name}/${goldenName}`;
    const wanted = golden.f64(key);
    const scale = wanted.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
    expect(largestDifference(got, wanted), key).toBeLessThanOrEqual(golden.atol(key) * Math.max(1, scale));
  }
}

describe('the linear schedule', () => {
  const schedule = linearSchedule();

  it('is the reference at all 1,000 steps', () => {
    expectGolden(schedule, '1000');
    expect([...schedule.timestepMap.slice(0, 3), schedule.timestepMap[999]]).toEqual([0, 1, 2, 999]);
  });

  it('has derived arrays that fit each other', () => {
    for (const i of [0, 1, 500, 999]) {
      const abar = schedule.alphasCumprod[i] ?? Number.NaN;
      expect(schedule.alphasCumprodPrev[i]).toBe(i === 0 ? 1 : schedule.alphasCumprod[i - 1]);
      expect((schedule.sqrtAlphasCumprod[i] ?? Number.NaN) ** 2).toBeCloseTo(abar, 14);
      expect((schedule.sqrtRecipAlphasCumprod[i] ?? Number.NaN) ** 2 * abar).toBeCloseTo(1, 12);
      expect(Math.exp(schedule.logBetas[i] ?? Number.NaN)).toBeCloseTo(schedule.betas[i] ?? Number.NaN, 14);
    }
  });

  it('rounds each float64 entry once to single precision', () => {
    const rounded = asFloat32(schedule);
    for (const [field, entries] of Object.entries(rounded)) {
      if (!(entries instanceof Float32Array)) continue;
      const exact = schedule[field as keyof typeof goldenNames];
      expect([...entries], field).toEqual(Array.from(exact, Math.fround));
    }
    expect(rounded.steps).toBe(1000);
  });

  it('refuses a number of steps that makes no schedule', () => {
    expect(() => linearSchedule(1)).toThrow(
      'A noise schedule needs a whole number of at least 2 steps, got 1.',
    );
  });
});

describe('respacing', () => {
  it.each(['10', 'ddim10'])('gives the reference schedule for «%s»', (spacing) => {
    const schedule = respaced(linearSchedule(), spacing);
    expectGolden(schedule, spacing);
    expect(schedule.timestepMap).toEqual(golden.i32(`schedule/${spacing}/timestep_map`));
  });

  it.each(['250', '50', 'ddim50', '10,15,20', '7'])(
    'keeps the steps of the reference for «%s»',
    (spacing) => {
      expect(keptSteps(1000, spacing)).toEqual(golden.i32(`respacing/${spacing}`));
    },
  );

  it('keeps the noise level at every kept step and the original timesteps, also when applied twice', () => {
    const base = linearSchedule();
    const twice = respaced(respaced(base, '100'), '10');
    twice.timestepMap.forEach((timestep, i) => {
      expect(twice.alphasCumprod[i]).toBeCloseTo(base.alphasCumprod[timestep] ?? Number.NaN, 12);
    });
    expect(twice.timestepMap[9]).toBe(999);
  });

  it('keeps distinct steps in ascending order, the ends included', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1000 }), (count) => {
        const kept = keptSteps(1000, String(count));
        expect(kept.length).toBe(count);
        expect(kept[0]).toBe(0);
        expect(kept[count - 1]).toBe(999);
        expect(kept.every((step, i) => i === 0 || step > (kept[i - 1] ?? Number.NaN))).toBe(true);
      }),
    );
  });

  it('says in one sentence why a spacing is impossible', () => {
    expect(() => keptSteps(1000, 'fast')).toThrow(
      'The spacing «fast» is not understood: write a number of steps («50»), «ddim50», or sections («10,15,20»).',
    );
    expect(() => keptSteps(1000, '1001')).toThrow(
      'The spacing «1001» asks for 1001 steps where only 1000 exist: ask for 1000 or fewer.',
    );
    expect(() => keptSteps(1000, 'ddim600')).toThrow(
      'The spacing «ddim600» is impossible: no whole stride through 1000 steps visits 600, write «600».',
    );
    expect(() => keptSteps(1000, '1')).toThrow('The spacing «1» must keep at least 2 of 1000 steps.');
  });
});
