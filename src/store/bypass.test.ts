import { beforeEach, expect, it } from 'vitest';
import { replaceOperator } from '../plan/edits.ts';
import { emptyPlan } from '../plan/plan.ts';
import { clearBypass, keepBypass, toggleBypass } from './bypass.ts';
import { currentPlan, startDocument, undoEdit } from './documentStore.ts';
import { currentBypass, currentEffectivePlan } from './effectivePlan.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { testModel } from './testing.ts';
import { setBypassed } from './viewStore.ts';

const plan = replaceOperator(emptyPlan(testModel.id), ['blocks.1.attn', 'blocks.3.attn'], {
  operator: 'hyena_x',
  config: { taps: 4 },
});

beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  startDocument(plan, 'start');
  setBypassed([]);
});

it('leaves the plan alone and takes the slots out of what runs', () => {
  const before = currentPlan();
  toggleBypass(['blocks.1.attn', 'blocks.2.attn']);
  expect(currentBypass()).toEqual(['blocks.1.attn']);
  expect(currentPlan()).toBe(before);
  expect(Object.keys(currentEffectivePlan().slots)).toEqual(['blocks.3.attn']);
  // Of a selection that is bypassed in part, the rest follows; then all come back.
  toggleBypass(['blocks.1.attn', 'blocks.3.attn']);
  expect(currentBypass()).toEqual(['blocks.1.attn', 'blocks.3.attn']);
  toggleBypass(['blocks.1.attn', 'blocks.3.attn']);
  expect(currentBypass()).toEqual([]);
  expect(currentEffectivePlan()).toBe(before);
});

it('becomes one edit when it is kept, and none when it is cleared', () => {
  toggleBypass(['blocks.1.attn', 'blocks.3.attn']);
  clearBypass();
  expect(currentPlan().slots).toEqual(plan.slots);
  toggleBypass(['blocks.1.attn', 'blocks.3.attn']);
  keepBypass();
  expect(currentPlan().slots).toEqual({});
  expect(currentBypass()).toEqual([]);
  expect(undoEdit()).toBe(true);
  expect(currentPlan().slots).toEqual(plan.slots);
});

it('forgets a slot that holds the teacher again', () => {
  toggleBypass(['blocks.1.attn']);
  startDocument({ ...plan, slots: {} }, 'teacher');
  expect(currentBypass()).toEqual([]);
});
