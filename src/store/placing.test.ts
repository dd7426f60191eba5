import { beforeEach, describe, expect, it } from 'vitest';
import { emptyPlan } from '../plan/plan.ts';
import { currentPlan, startDocument, undoEdit, useDocument } from './documentStore.ts';
import { fitOn, placeOperator, restoreSlots } from './placing.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { testModel } from './testing.ts';
import { useView } from './viewStore.ts';

const shape = testModel.config;

beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  useView.setState({ selection: [], focus: null, hand: null, toast: null });
  startDocument(emptyPlan(testModel.id), 'start');
});

describe('placeOperator', () => {
  it('is exactly one history entry for many slots, and one undo restores all', () => {
    const slots = ['blocks.1.attn', 'blocks.3.attn', 'blocks.5.attn'] as const;
    const before = JSON.stringify(currentPlan());
    expect(placeOperator(slots, 'hyena_x', null)).toBe(true);
    expect(useDocument.getState().history.nodes.size).toBe(2);
    expect(Object.keys(currentPlan().slots)).toEqual(slots);
    undoEdit();
    expect(JSON.stringify(currentPlan())).toBe(before);
  });

  it('leaves the plan byte-identical on a slot of the wrong kind, and says why', () => {
    const before = JSON.stringify(currentPlan());
    expect(placeOperator(['blocks.3.mlp'], 'swa', null)).toBe(false);
    expect(JSON.stringify(currentPlan())).toBe(before);
    expect(useDocument.getState().history.nodes.size).toBe(1);
    expect(useView.getState().toast?.text).toBe(
      'Sliding window attention mixes tokens; Block 3 MLP mixes channels. Drop it on an attention slot.',
    );
  });

  it('takes the slots of its kind out of a mixed selection', () => {
    placeOperator(['blocks.0.attn', 'blocks.0.mlp'], 'mlp', { ratio: 3 });
    expect(currentPlan().slots).toEqual({
      'blocks.0.mlp': { operator: 'mlp', config: { ratio: 3 }, initialisation: 'auto' },
    });
  });

  it('tells what happened for the live region', () => {
    placeOperator(['blocks.7.mlp'], 'mlp', { ratio: 3 });
    expect(useView.getState().announcement.text).toBe('Block 7 MLP is now MLP, ratio 3. 25 % fewer MACs.');
  });
});

describe('fitOn', () => {
  it('previews costs that are counted, before and after', () => {
    const fit = fitOn(shape, currentPlan(), 'blocks.2.mlp', 'mlp', { ratio: 3 });
    if (!fit.fits) throw new Error(fit.reason);
    const { slotBefore, slotAfter, modelBefore, modelAfter } = fit.preview;
    // Two products of 128 × 512 and 128 × 384 per token, over 64 tokens.
    expect(slotBefore.macs).toBe(2 * 128 * 512 * 64);
    expect(slotAfter.macs).toBe(2 * 128 * 384 * 64);
    expect(modelBefore.macs - modelAfter.macs).toBe(slotBefore.macs - slotAfter.macs);
    expect(slotAfter.parameters).toBe(2 * 128 * 384 + 384 + 128);
  });

  it('refuses a variant that the site cannot hold', () => {
    const fit = fitOn(shape, currentPlan(), 'blocks.2.attn', 'swa', { window: 64 });
    expect(fit).toEqual({
      fits: false,
      reason: expect.stringContaining('should lie between 1 and 63, got 64'),
    });
  });
});

describe('restoreSlots', () => {
  it('gives the slot back to the teacher, and makes no entry where the teacher stands', () => {
    placeOperator(['blocks.2.attn'], 'swa', null);
    expect(restoreSlots(['blocks.2.attn'])).toBe(true);
    expect(currentPlan().slots).toEqual({});
    expect(restoreSlots(['blocks.2.attn'])).toBe(false);
    expect(useDocument.getState().history.nodes.size).toBe(3);
  });
});
