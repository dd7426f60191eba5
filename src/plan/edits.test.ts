import { describe, expect, it } from 'vitest';
import {
  graftedSlots,
  replaceOperator,
  restoreTeacher,
  setConfig,
  setInitialisation,
  setSeed,
  setStage1,
} from './edits.ts';
import { emptyPlan } from './plan.ts';
import { samplePlan } from './testing.ts';

const swa = { operator: 'swa', config: { window: 4, shape: 'raster' } };

describe('edits', () => {
  it('put an operator on several slots at once, in model order', () => {
    const plan = replaceOperator(emptyPlan('m'), ['blocks.10.attn', 'blocks.2.attn'], swa);
    expect(graftedSlots(plan)).toEqual(['blocks.2.attn', 'blocks.10.attn']);
    expect(plan.slots['blocks.2.attn']).toEqual({ ...swa, initialisation: 'auto' });
  });

  it('give the same bytes whatever the order of edits', () => {
    const one = replaceOperator(
      replaceOperator(emptyPlan('m'), ['blocks.1.attn'], swa),
      ['blocks.0.attn'],
      swa,
    );
    const other = replaceOperator(
      replaceOperator(emptyPlan('m'), ['blocks.0.attn'], swa),
      ['blocks.1.attn'],
      swa,
    );
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  it('return the very same plan when nothing changes', () => {
    expect(restoreTeacher(samplePlan, ['blocks.0.attn'])).toBe(samplePlan);
    expect(setConfig(samplePlan, ['blocks.3.attn'], { window: 4 })).toBe(samplePlan);
    expect(setConfig(samplePlan, ['blocks.0.attn'], { window: 9 })).toBe(samplePlan);
    expect(setInitialisation(samplePlan, ['blocks.3.attn'], 'auto')).toBe(samplePlan);
    expect(setStage1(samplePlan, { steps: samplePlan.stage1.steps })).toBe(samplePlan);
    expect(setSeed(samplePlan, 0)).toBe(samplePlan);
  });

  it('never change the plan they were given', () => {
    const before = JSON.stringify(samplePlan);
    restoreTeacher(samplePlan, graftedSlots(samplePlan));
    setConfig(samplePlan, ['blocks.3.attn'], { window: 9 });
    expect(JSON.stringify(samplePlan)).toBe(before);
  });

  it('restore the teacher', () => {
    expect(restoreTeacher(samplePlan, ['blocks.3.attn', 'blocks.5.mlp'])).toEqual(emptyPlan('dit-test'));
  });
});
