// Plans for tests: hand-made ones, and arbitrary ones for properties.
import fc from 'fast-check';
import { operators } from '../operators/index.ts';
import type { SlotSite } from '../operators/operator.ts';
import {
  replaceOperator,
  restoreTeacher,
  setInitialisation,
  setSeed,
  setStage1,
  setStage2,
} from './edits.ts';
import { emptyPlan, type Plan, type SlotId } from './plan.ts';
import { slotId, slotKind } from './slots.ts';

export const testDepth = 8;

/** A slot of a DiT of width 128 on an 8×8 grid of tokens. */
export function testSite(slot: SlotId): SlotSite {
  return { kind: slotKind(slot), width: 128, tokens: 64, grid: [8, 8], heads: 4, mlpRatio: 4 };
}

export const samplePlan: Plan = replaceOperator(
  replaceOperator(emptyPlan('dit-test'), ['blocks.3.attn'], {
    operator: 'swa',
    config: { window: 4, shape: 'raster' },
  }),
  ['blocks.5.mlp'],
  { operator: 'mlp', config: { ratio: 3 } },
);

/** One edit as a function of a plan. */
export type Change = (plan: Plan) => Plan;

const sequence = operators.filter((operator) => operator.kind === 'sequence');
const channel = operators.filter((operator) => operator.kind === 'channel');

const block = fc.integer({ min: 0, max: testDepth - 1 });
const attention = block.map((at) => slotId(at, 'attn'));
const mlps = block.map((at) => slotId(at, 'mlp'));

const replacements = fc.oneof(
  fc.record({
    operator: fc.constantFrom(...sequence),
    slots: fc.uniqueArray(attention, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    operator: fc.constantFrom(...channel),
    slots: fc.uniqueArray(mlps, { minLength: 1, maxLength: 5 }),
  }),
);

/** Any command that a person can give, as they occur in a session. */
export const changes: fc.Arbitrary<Change> = fc.oneof(
  replacements.map(
    ({ operator, slots }): Change =>
      (plan) => {
        const [first = 'blocks.0.attn' as const] = slots;
        return replaceOperator(plan, slots, {
          operator: operator.id,
          config: operator.defaults(testSite(first)),
        });
      },
  ),
  fc.uniqueArray(fc.oneof(attention, mlps), { minLength: 1, maxLength: 5 }).map(
    (slots): Change =>
      (plan) =>
        restoreTeacher(plan, slots),
  ),
  fc
    .record({
      slots: fc.array(attention, { maxLength: 4 }),
      way: fc.constantFrom('auto' as const, 'ridge' as const),
    })
    .map(
      ({ slots, way }): Change =>
        (plan) =>
          setInitialisation(plan, slots, way),
    ),
  fc.integer({ min: 1, max: 5000 }).map(
    (steps): Change =>
      (plan) =>
        setStage1(plan, { steps }),
  ),
  fc.constantFrom('all' as const, 'lora' as const).map(
    (scope): Change =>
      (plan) =>
        setStage2(plan, { scope }),
  ),
  fc.integer({ min: 0, max: 99 }).map(
    (seed): Change =>
      (plan) =>
        setSeed(plan, seed),
  ),
);

/** Any plan that a session can lead to. */
export const plans: fc.Arbitrary<Plan> = fc
  .array(changes, { maxLength: 12 })
  .map((list) => list.reduce((plan, change) => change(plan), emptyPlan('dit-test')));
