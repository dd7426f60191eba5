import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from './canonical.ts';
import { replaceOperator } from './edits.ts';
import { emptyPlan } from './plan.ts';
import { allSlots } from './slots.ts';
import { plans, samplePlan } from './testing.ts';
import { longestFragment, planFromFragment, planToFragment } from './url.ts';

describe('plans in links', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const read = planFromFragment(`#${planToFragment(plan)}`);
        expect(read && canonical(read)).toBe(canonical(plan));
      }),
    );
  });

  it('stay short: every attention of DiT-XL replaced fits well', () => {
    const slots = allSlots(28).filter((slot) => slot.endsWith('attn'));
    const plan = replaceOperator(emptyPlan('DiT-XL/2'), slots, {
      operator: 'swa',
      config: { window: 4, shape: 'raster' },
    });
    expect(planToFragment(plan).length).toBeLessThan(longestFragment / 4);
  });

  it('survive names that are not ASCII', () => {
    const plan = { ...samplePlan, base: 'модель-π' };
    expect(planFromFragment(planToFragment(plan))).toEqual(plan);
  });

  it('are absent from other hashes', () => {
    expect(planFromFragment('')).toBeUndefined();
    expect(planFromFragment('#view=images')).toBeUndefined();
  });

  it.each(['plan=', 'plan=%%%', 'plan=bm90IGpzb24', 'plan=W10', 'plan=eyJ2IjoxfQ'])(
    'say when %s is damaged',
    (fragment) => {
      expect(() => planFromFragment(fragment)).toThrow(
        'The plan in this link is damaged, perhaps cut off; ask for the link again.',
      );
    },
  );

  it('are cut off somewhere without harm', () => {
    const whole = planToFragment(samplePlan);
    for (let length = 6; length < whole.length; length += 7) {
      expect(() => planFromFragment(whole.slice(0, length))).toThrow(/damaged/);
    }
  });

  it('refuse to read novels', () => {
    expect(() => planFromFragment(`plan=${'A'.repeat(longestFragment + 1)}`)).toThrow('too long to be one');
  });

  it('are validated like files', () => {
    const fragment = `plan=${btoa('{"v":9,"b":"m","s":{}}')}`;
    expect(() => planFromFragment(fragment)).toThrow('This plan was made by a newer Scion (version 9');
  });
});
