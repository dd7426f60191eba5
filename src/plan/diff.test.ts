import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from './canonical.ts';
import { diffPlans } from './diff.ts';
import { replaceOperator, restoreTeacher, setStage1 } from './edits.ts';
import { plans, samplePlan } from './testing.ts';

describe('diffPlans', () => {
  it('is empty exactly for equal plans', () => {
    fc.assert(
      fc.property(plans, plans, (before, after) => {
        const { slots, settings } = diffPlans(before, after);
        expect(slots.length + settings.length === 0).toBe(canonical(before) === canonical(after));
      }),
    );
  });

  it('tells additions, removals and changes of settings', () => {
    const hyena = { operator: 'hyena_x', config: { taps: 4 } };
    const after = setStage1(
      replaceOperator(restoreTeacher(samplePlan, ['blocks.5.mlp']), ['blocks.0.attn'], hyena),
      { steps: 7 },
    );
    expect(diffPlans(samplePlan, after)).toEqual({
      slots: [
        { slot: 'blocks.0.attn', before: null, after: { ...hyena, initialisation: 'auto' } },
        { slot: 'blocks.5.mlp', before: samplePlan.slots['blocks.5.mlp'], after: null },
      ],
      settings: [{ name: 'stage1.steps', before: samplePlan.stage1.steps, after: 7 }],
    });
  });
});
