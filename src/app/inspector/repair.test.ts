import { expect, it } from 'vitest';
import { operatorById } from '../../operators/index.ts';
import type { SlotPlan } from '../../plan/plan.ts';
import { siteAt } from '../../store/costs.ts';
import { testModel } from '../../store/testing.ts';
import { commonFields } from './commonFields.ts';
import { repairOf } from './repair.ts';

const shape = testModel.config;
const slots = ['blocks.0.attn', 'blocks.1.attn'] as const;
const fields = commonFields(
  slots.map((slot) => ({ operator: operatorById('swa'), site: siteAt(shape, slot) })),
);
const swa = (window: number, form: string): SlotPlan => ({
  operator: 'swa',
  config: { window, shape: form },
  initialisation: 'auto',
});

it('finds the largest window that fits the grid of every slot', () => {
  const repair = repairOf(shape, slots, [swa(4, 'grid'), swa(12, 'grid')], fields);
  expect(repair).toMatchObject({ value: 7, field: { name: 'window' } });
});

it('has nothing to offer where no smaller value helps', () => {
  expect(repairOf(shape, slots, [swa(1, 'grid'), swa(0, 'grid')], [])).toBeNull();
});
