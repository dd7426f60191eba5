// The control experiment: what its record holds, how it is refused, and the plan that a self-graft runs.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { setStage1 } from '../../plan/edits.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { testModel } from '../testing.ts';
import { selfGraftPlan } from './selfGraft.ts';
import { endOf, parseSelfGraft, sameLoss, selfGraftOf, selfGraftToJson } from './selfGraftFile.ts';

const plan = emptyPlan('dit-fashion-mnist');
const slot = 'blocks.1.attn' as const;
const losses = [4, 2, 1];
const report = {
  plan,
  engine: 'ONNX Runtime on Node, CPU',
  slots: [
    {
      slot,
      state: 'done' as const,
      step: 3,
      error: 0.2,
      bestError: 0.1,
      initial: { random: 1.1 },
      chosen: 'random' as const,
      byTimestep: null,
    },
  ],
  points: [
    ...losses.map((loss, step) => ({ series: slot, step, loss, error: null }) as const),
    { series: 'stage2', step: 3, loss: 9, error: null } as const,
  ],
};

describe('the record of a self-graft', () => {
  it('holds the best error and the end of the curve of every slot, and is read back', () => {
    const record = selfGraftOf(report);
    const weights = [0.9 ** 2, 0.9, 1];
    const sum = weights.reduce((total, weight, i) => total + weight * (losses[i] ?? 0), 0);
    expect(record.slots[slot]?.error).toBe(0.1);
    expect(record.slots[slot]?.loss).toBeCloseTo(sum / weights.reduce((a, b) => a + b), 10);
    expect(endOf([])).toBeNull();
    expect(parseSelfGraft(JSON.parse(JSON.stringify(selfGraftToJson(record))))).toEqual(record);
  });

  it('is refused in a sentence', () => {
    const json = JSON.parse(JSON.stringify(selfGraftToJson(selfGraftOf(report))));
    expect(() => parseSelfGraft({ ...json, version: 2 })).toThrow(
      'The version of the self-graft record should lie between 1 and 1, got 2.',
    );
    expect(() => parseSelfGraft({ ...json, slots: { head: {} } })).toThrow(
      'The self-graft record has a slot "head" that no model has.',
    );
    expect(() => parseSelfGraft({ ...json, slots: { [slot]: { error: 'low', loss: 1 } } })).toThrow(
      'The error of blocks.1.attn should be a number, got "low".',
    );
  });

  it('compares losses of one kind alone', () => {
    const { stage1 } = plan;
    expect(sameLoss(stage1, { ...stage1, steps: 7 })).toBe(true);
    expect(sameLoss(stage1, setStage1(plan, { loss: 'l2' }).stage1)).toBe(stage1.loss === 'l2');
    const huber = setStage1(plan, { loss: 'huber', huberDelta: 1 }).stage1;
    expect(sameLoss(huber, { ...huber, huberDelta: 2 })).toBe(false);
  });

  it('ships with every slot of the bundled base, learnt from random weights', async () => {
    const { slots, plan: ran } = parseSelfGraft(
      JSON.parse(await readFile('public/models/self-graft.json', 'utf8')),
    );
    expect(Object.keys(slots)).toHaveLength(16);
    for (const held of Object.values(ran.slots)) expect(held?.initialisation).toBe('random');
    for (const ends of Object.values(slots)) expect(ends?.error).toBeLessThan(1);
  });
});

describe("a plan's self-graft", () => {
  it("puts the base's own operator on the same slots and keeps the recipe", () => {
    const grafted = {
      ...setStage1(plan, { steps: 17 }),
      slots: {
        [slot]: { operator: 'swa', config: { window: 2, shape: 'raster' }, initialisation: 'ridge' as const },
        'blocks.0.mlp': { operator: 'mlp', config: { ratio: 3 }, initialisation: 'auto' as const },
      },
    };
    const control = selfGraftPlan(grafted, testModel.config);
    expect(control.stage1).toEqual(grafted.stage1);
    expect(control.slots).toEqual({
      'blocks.0.mlp': {
        operator: 'mlp',
        config: { ratio: testModel.config.mlpRatio },
        initialisation: 'random',
      },
      [slot]: { operator: 'mha', config: {}, initialisation: 'random' },
    });
  });
});
