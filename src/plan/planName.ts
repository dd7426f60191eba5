// A name made from a plan, for trees and menus: `3 × Sliding window, MLP 3×`.
import { operators } from '../operators/index.ts';
import { slotEntries } from './edits.ts';
import type { Plan, SlotId, SlotPlan } from './plan.ts';
import { slotBlock } from './slots.ts';

/** Further groups are counted, not named. */
const mostGroups = 3;

export function planName(plan: Plan): string {
  const groups = new Map<string, SlotId[]>();
  for (const [slot, held] of slotEntries(plan)) {
    const name = operatorName(held);
    groups.set(name, [...(groups.get(name) ?? []), slot]);
  }
  if (groups.size === 0) return 'Pretrained';
  // Most slots first; the sort is stable, so equal ones keep the order of the model.
  const named = [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name, slots]) => group(name, slots));
  const more = named.length - mostGroups;
  return [...named.slice(0, mostGroups), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function group(name: string, slots: readonly SlotId[]): string {
  const [first] = slots;
  return slots.length === 1 && first ? `${name} at ${slotBlock(first)}` : `${slots.length} × ${name}`;
}

/** `Sliding window`, `MLP 3×`: the operator, and for a width its ratio. */
export function operatorName(held: SlotPlan): string {
  const operator = operators.find((candidate) => candidate.id === held.operator);
  const label = (operator?.label ?? held.operator).replace(/ attention$/, '');
  const { ratio } = held.config;
  return ratio === undefined ? label : `${label} ${ratio}×`;
}
