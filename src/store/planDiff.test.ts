import { describe, expect, it } from 'vitest';
import { replaceOperator, restoreTeacher, setInitialisation, setStage1 } from '../plan/edits.ts';
import { samplePlan } from '../plan/testing.ts';
import { slotCost } from './costs.ts';
import { planDifference, settingLabel } from './planDiff.ts';
import { testModel } from './testing.ts';

const shape = testModel.config;

describe('planDifference', () => {
  it('lists slots from the top of the model with what each costs before and after', () => {
    const after = replaceOperator(restoreTeacher(samplePlan, ['blocks.5.mlp']), ['blocks.1.attn'], {
      operator: 'swa',
      config: { window: 2, shape: 'raster' },
    });
    const difference = planDifference(samplePlan, after, shape);
    expect(difference.slots.map(({ slot, before, after: now }) => [slot, before, now])).toEqual([
      ['blocks.1.attn', 'Attention, 4 heads', 'Sliding window attention, ± 2'],
      ['blocks.5.mlp', 'MLP, ratio 3', 'MLP, ratio 4'],
    ]);
    const [, mlp] = difference.slots;
    expect(mlp?.parameters).toEqual({
      was: slotCost(shape, 'blocks.5.mlp', samplePlan.slots['blocks.5.mlp']).parameters,
      now: slotCost(shape, 'blocks.5.mlp', undefined).parameters,
    });
    const sum = difference.slots.reduce((total, { macs }) => total + macs.now - macs.was, 0);
    expect(difference.macs.now - difference.macs.was).toBe(sum);
  });

  it('names the start where only that differs', () => {
    const after = setInitialisation(samplePlan, ['blocks.3.attn'], 'ridge');
    const [row] = planDifference(samplePlan, after, shape).slots;
    expect(row?.before).toContain('start auto');
    expect(row?.after).toContain('start ridge');
  });

  it('lists settings, in words', () => {
    const { slots, settings } = planDifference(samplePlan, setStage1(samplePlan, { steps: 800 }), shape);
    expect(slots).toEqual([]);
    expect(settings).toEqual([{ name: 'stage1.steps', before: 400, after: 800 }]);
    expect(settingLabel('stage1.steps')).toBe('Stage 1 steps');
    expect(settingLabel('stage2.loraRank')).toBe('Stage 2 LoRA rank');
    expect(settingLabel('seed')).toBe('Seed');
  });

  it('is nothing between a plan and itself', () => {
    const same = planDifference(samplePlan, samplePlan, shape);
    expect([same.slots, same.settings]).toEqual([[], []]);
    expect(same.macs.now).toBe(same.macs.was);
  });
});
