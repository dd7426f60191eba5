import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { operatorById } from '../operators/index.ts';
import { canonical } from './canonical.ts';
import { setConfig } from './edits.ts';
import { plans, samplePlan, testDepth, testSite } from './testing.ts';
import { misfit, parsePlan, parsePlanText, planProblem } from './validate.ts';

function refusal(value: unknown): string {
  try {
    parsePlan(value);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('The plan was accepted');
}

const slot = (held: unknown, name = 'blocks.3.attn') => ({ ...samplePlan, slots: { [name]: held } });
const window = { operator: 'swa', config: { window: 4, shape: 'raster' }, initialisation: 'auto' };

describe('parsePlan', () => {
  it('reads every plan that a session can lead to, unchanged', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(canonical(parsePlanText(JSON.stringify(plan)))).toBe(canonical(plan));
      }),
    );
  });

  it('fills in recipe settings that are left out', () => {
    const { stage1: _1, stage2: _2, seed: _3, ...bare } = samplePlan;
    expect(parsePlan(bare)).toEqual(samplePlan);
  });

  it('says that a plan comes from a newer version', () => {
    expect(refusal({ ...samplePlan, version: 2 })).toBe(
      'This plan was made by a newer Scion (version 2, this one reads 1); open it there or update this page.',
    );
  });

  it.each([
    [null, 'This is not a plan: the mark "format": "scion-plan" is missing.'],
    [[], 'This is not a plan: the mark "format": "scion-plan" is missing.'],
    [{ ...samplePlan, version: '1' }, 'The plan\'s version should be 1, got "1".'],
    [
      { ...samplePlan, lens: 3 },
      'The plan has an unknown key "lens"; known are format, version, base, slots, stage1, stage2, seed.',
    ],
    [{ ...samplePlan, base: '' }, 'The base model should have 1 to 200 characters, got 0.'],
    [{ ...samplePlan, seed: 1.5 }, 'The seed should be a whole number, got 1.5.'],
    [{ ...samplePlan, seed: Number.NaN }, 'The seed should be a number, got NaN.'],
    [
      { ...samplePlan, stage1: { ...samplePlan.stage1, loss: 'l3' } },
      'stage1.loss should be one of l1, l2, huber, got "l3".',
    ],
    [{ ...samplePlan, stage1: { steps: 0 } }, 'stage1.steps should lie between 1 and 1000000, got 0.'],
    [{ ...samplePlan, stage2: { epochs: 3 } }, 'stage2 has an unknown key "epochs"'],
    [{ ...samplePlan, slots: [] }, "The plan's slots should be an object, got a list."],
    [
      slot(window, 'blocks.3.norm'),
      'The plan names a slot "blocks.3.norm"; slots are called like blocks.3.attn or blocks.3.mlp.',
    ],
    [
      slot({ ...window, operator: 'flash' }),
      'Block 3 attention asks for the operator "flash", which this Scion does not have',
    ],
    [
      slot(window, 'blocks.3.mlp'),
      'Sliding window attention mixes tokens; Block 3 MLP mixes channels. Drop it on an attention slot.',
    ],
    [
      slot({ ...window, config: { window: 0, shape: 'raster' } }),
      '"window" of Sliding window attention on Block 3 attention should lie between 1',
    ],
    [slot({ ...window, config: { window: 4, shape: 'disc' } }), 'should be one of raster, grid, got "disc".'],
    [
      slot({ ...window, config: { window: 4, shape: 'raster', heads: 2 } }),
      'The config of Sliding window attention on Block 3 attention has an unknown key "heads"',
    ],
    [slot({ ...window, config: { shape: 'raster' } }), 'should be a number, got nothing.'],
    [
      slot({ ...window, initialisation: 'magic' }),
      'The initialisation of Block 3 attention should be one of auto, random, inherit, ridge, generated, got "magic".',
    ],
    [slot({ ...window, color: 'red' }), 'Block 3 attention has an unknown key "color"'],
  ])('refuses %j in one sentence', (value, sentence) => {
    expect(refusal(value)).toContain(sentence);
  });

  it('is not fooled by prototypes', () => {
    expect(
      refusal(JSON.parse('{"format":"scion-plan","version":1,"base":"m","slots":{},"__proto__":{"a":1}}')),
    ).toContain('unknown key "__proto__"');
    expect(refusal(slot({ operator: 'constructor', config: {} }))).toContain('"constructor"');
  });

  it('answers any value with a plan or a sentence', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom('slots', 'stage1', 'stage2', 'seed', 'base'),
        (value, key) => {
          try {
            parsePlan({ ...samplePlan, [key]: value });
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
    );
  });

  it('says when a file is no JSON', () => {
    expect(() => parsePlanText('{"format":')).toThrow('This file is not a plan: it is not valid JSON.');
  });
});

describe('planProblem', () => {
  const model = { id: 'dit-test', depth: testDepth, site: testSite };

  it('accepts what fits', () => {
    expect(planProblem(samplePlan, model)).toBeUndefined();
  });

  it('names the model that the plan is for', () => {
    expect(planProblem(samplePlan, { ...model, id: 'other' })).toBe(
      'This plan grafts the model "dit-test", but "other" is open. Open its model first.',
    );
  });

  it('knows how deep the model is', () => {
    expect(planProblem(samplePlan, { ...model, depth: 4 })).toBe(
      'This plan changes block 5, but dit-test ends at block 3.',
    );
  });

  it('holds configs against the site', () => {
    const plan = setConfig(samplePlan, ['blocks.3.attn'], { window: 64 });
    expect(planProblem(plan, model)).toBe(
      'Window of Sliding window attention on Block 3 attention should lie between 1 and 63, got 64.',
    );
  });
});

describe('misfit', () => {
  it('says why and where instead', () => {
    expect(misfit(operatorById('mlp'), 'blocks.2.attn')).toBe(
      'MLP mixes channels; Block 2 attention mixes tokens. Drop it on an MLP slot.',
    );
    expect(misfit(operatorById('mlp'), 'blocks.2.mlp')).toBeUndefined();
  });
});
