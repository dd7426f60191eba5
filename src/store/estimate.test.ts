import { describe, expect, it } from 'vitest';
import { emptyPlan } from '../plan/plan.ts';
import { estimateRun, samplingSpeed } from './estimate.ts';

const plan = emptyPlan('m');

describe('estimateRun', () => {
  it('counts forward and backward of each slot, and the teacher once a step', () => {
    const work = { slotMacs: [2, 3], modelMacs: 100 };
    const estimate = estimateRun({ ...plan, stage1: { ...plan.stage1, steps: 10, batch: 4 } }, work, 1);
    expect(estimate?.stage1Seconds).toBeCloseTo((10 * 4 * (3 * 5 + 100)) / 1000, 9);
  });

  it('says nothing before a measurement or without a graft', () => {
    expect(estimateRun(plan, { slotMacs: [1], modelMacs: 1 }, null)).toBeNull();
    expect(estimateRun(plan, { slotMacs: [], modelMacs: 1 }, 5)).toBeNull();
  });

  it('halves when the machine is twice as fast', () => {
    const work = { slotMacs: [7], modelMacs: 50 };
    const slow = estimateRun(plan, work, 1)?.stage2Seconds ?? 0;
    expect(estimateRun(plan, work, 2)?.stage2Seconds).toBeCloseTo(slow / 2, 9);
  });
});

describe('samplingSpeed', () => {
  it('counts guided steps twice', () => {
    const job = { pictures: 16, steps: 20, guidance: 2, macsPerImage: 100, milliseconds: 64 };
    expect(samplingSpeed(job)).toBe((16 * 40 * 100) / 64);
    expect(samplingSpeed({ ...job, guidance: 1 })).toBe((16 * 20 * 100) / 64);
  });
});
