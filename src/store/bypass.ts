// Running the teacher in grafted slots for a while: what the pictures show, and how it becomes an edit or ends.

import type { SlotId } from '../plan/plan.ts';
import { slotLabel } from '../plan/slots.ts';
import { currentPlan } from './documentStore.ts';
import { bypassedIn, currentBypass } from './effectivePlan.ts';
import { restoreSlots } from './placing.ts';
import { useSession } from './sessionStore.ts';
import { hasWeights, sampleGraft } from './trainerSession.ts';
import { announce, setBypassed, useView } from './viewStore.ts';

/** Bypasses the grafted slots among these, or lets their operators run again where all are bypassed already. */
export function toggleBypass(slots: readonly SlotId[]): void {
  const plan = currentPlan();
  const grafted = slots.filter((slot) => plan.slots[slot]);
  const before = bypassedIn(plan, useView.getState().bypassed);
  const isOff = grafted.every((slot) => before.includes(slot));
  const rest = before.filter((slot) => !grafted.includes(slot));
  setBypassed(isOff ? rest : [...rest, ...grafted]);
  const [first] = grafted;
  const where = grafted.length === 1 && first ? slotLabel(first) : `${grafted.length} slots`;
  const verb = grafted.length === 1 ? 'runs' : 'run';
  announce(`${where} ${verb} ${isOff ? 'the graft again' : 'the teacher; bypassed'}.`);
  redraw();
}

export function clearBypass(): void {
  setBypassed([]);
  redraw();
}

/** Makes what is bypassed an edit of the plan: one history entry. */
export function keepBypass(): void {
  const slots = currentBypass();
  setBypassed([]);
  restoreSlots(slots);
}

/** The pictures follow where there are trained weights to draw with, finished or not. */
function redraw(): void {
  const plan = currentPlan();
  const { strips, run } = useSession.getState();
  const isTrained =
    hasWeights(plan) || (run !== null && run.phase !== 'prepare' && run.phase !== 'initialise');
  if (isTrained || strips.graft) void sampleGraft();
}
