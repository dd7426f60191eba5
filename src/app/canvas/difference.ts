// Whether the two halves of a split hold something else in a slot.
import { canonicalJson } from '../../lib/hash.ts';
import type { Plan, SlotId, SlotPlan } from '../../plan/plan.ts';
import { compareSlots, isSlotId } from '../../plan/slots.ts';
import type { Side, Split } from '../../store/viewStore.ts';

/** @param edited what the plan that is being edited holds in the slot */
export function isDifferent(
  split: Split | null,
  side: Side,
  slot: SlotId,
  edited: SlotPlan | undefined,
): boolean {
  if (!split || side === 'only') return false;
  const of = (slots: Plan['slots'] | null) => (slots === null ? edited : slots[slot]);
  return !sameOperator(of(split.left.slots), of(split.right.slots));
}

/** Slots in which two plans differ, top of the model first. */
export function differingSlots(left: Plan['slots'], right: Plan['slots']): SlotId[] {
  const slots = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(isSlotId);
  return slots.filter((slot) => !sameOperator(left[slot], right[slot])).sort(compareSlots);
}

/** How the weights start is no part of the model that comes out. */
function sameOperator(a: SlotPlan | undefined, b: SlotPlan | undefined): boolean {
  const of = (held: SlotPlan | undefined) => canonicalJson(held ? [held.operator, held.config] : null);
  return of(a) === of(b);
}
