import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setSeed } from './edits.ts';
import { planHash } from './hash.ts';
import { plans, samplePlan } from './testing.ts';
import { parsePlanText } from './validate.ts';

describe('planHash', () => {
  it('is 16 hexadecimal digits that do not depend on the order of keys', () => {
    const { slots, format, ...rest } = samplePlan;
    expect(planHash(samplePlan)).toMatch(/^[0-9a-f]{16}$/);
    expect(planHash({ ...rest, slots, format })).toBe(planHash(samplePlan));
  });

  it('survives a file', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(planHash(parsePlanText(JSON.stringify(plan)))).toBe(planHash(plan));
      }),
    );
  });

  it('tells plans apart', () => {
    expect(planHash(setSeed(samplePlan, 1))).not.toBe(planHash(samplePlan));
  });
});
