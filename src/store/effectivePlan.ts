// The plan as the pictures run it: without the slots that are bypassed at the moment. Nothing of this is the document.
import { restoreTeacher } from '../plan/edits.ts';
import type { Plan, SlotId } from '../plan/plan.ts';
import { currentPlan } from './documentStore.ts';
import { useView } from './viewStore.ts';

/** The bypassed slots that this plan grafts; a slot that holds the teacher has nothing to bypass. */
export function bypassedIn(plan: Plan, bypassed: readonly SlotId[]): SlotId[] {
  return bypassed.filter((slot) => plan.slots[slot] !== undefined);
}

/** The plan less its bypassed slots: what runs. The very same plan when none is. */
export function effectivePlan(plan: Plan, bypassed: readonly SlotId[]): Plan {
  return restoreTeacher(plan, bypassedIn(plan, bypassed));
}

export function currentBypass(): SlotId[] {
  return bypassedIn(currentPlan(), useView.getState().bypassed);
}

export function currentEffectivePlan(): Plan {
  return effectivePlan(currentPlan(), useView.getState().bypassed);
}
