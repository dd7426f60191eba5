import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotEntries } from './edits.ts';
import { fragmentOf, fragmentText, parseFragment, pasteTargets, withSlots } from './fragment.ts';
import { emptyPlan, type SlotId } from './plan.ts';
import { allSlots } from './slots.ts';
import { plans, samplePlan, testDepth } from './testing.ts';

const paste = (targets: SlotId[], copied: SlotId[], depth = 8) =>
  pasteTargets(fragmentOf(samplePlan, copied), targets, depth).map(({ slot, held }) => [
    slot,
    held?.operator ?? null,
  ]);

describe('slots on the clipboard', () => {
  it('read back as they were copied, from any plan', () => {
    fc.assert(
      fc.property(plans, fc.subarray(allSlots(testDepth), { minLength: 1 }), (plan, slots) => {
        const fragment = fragmentOf(plan, slots);
        expect(parseFragment(fragmentText(fragment))).toEqual(fragment);
      }),
    );
  });

  it('make the same slots when pasted where they came from', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const all = fragmentOf(plan, allSlots(testDepth));
        const pasted = withSlots(emptyPlan('dit-test'), pasteTargets(all, [], testDepth));
        expect(slotEntries(pasted)).toEqual(slotEntries(plan));
      }),
    );
  });

  it('go on every target of their kind when one was copied', () => {
    expect(paste(['blocks.0.attn', 'blocks.1.mlp', 'blocks.2.attn'], ['blocks.3.attn'])).toEqual([
      ['blocks.0.attn', 'swa'],
      ['blocks.2.attn', 'swa'],
    ]);
  });

  it('keep their distances when several were copied, teachers too, and stay in the model', () => {
    const copied: SlotId[] = ['blocks.3.attn', 'blocks.4.attn', 'blocks.5.mlp'];
    expect(paste(['blocks.1.attn'], copied)).toEqual([
      ['blocks.1.attn', 'swa'],
      ['blocks.2.attn', null],
      ['blocks.3.mlp', 'mlp'],
    ]);
    expect(paste(['blocks.6.mlp'], copied)).toEqual([
      ['blocks.6.attn', 'swa'],
      ['blocks.7.attn', null],
    ]);
  });

  it('are one sentence when damaged and nothing when they are something else', () => {
    expect(parseFragment('hello')).toBeUndefined();
    expect(parseFragment(JSON.stringify(samplePlan))).toBeUndefined();
    const text = (slots: unknown) => JSON.stringify({ format: 'scion-slots', version: 1, slots });
    expect(() => parseFragment(text({ 'blocks.x': null }))).toThrow('The copied slots name "blocks.x"');
    expect(() => parseFragment(text({ 'blocks.1.mlp': { operator: 'swa' } }))).toThrow(
      'Drop it on an attention slot',
    );
    expect(() => parseFragment(text(null))).toThrow('hold no slots');
  });
});
