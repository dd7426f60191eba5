// The bundled self-graft record, fetched when curves are first looked at; and the same control for any plan, as a run.
import { create } from 'zustand';
import { replaceOperator, slotEntries } from '../../plan/edits.ts';
import type { Plan } from '../../plan/plan.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { teacherPlan } from '../costs.ts';
import { currentPlan, editPlan } from '../documentStore.ts';
import { graft } from '../trainer/graft.ts';
import { say } from '../viewStore.ts';
import { parseSelfGraft, type SelfGraft } from './selfGraftFile.ts';

const file = 'models/self-graft.json';

/** Null until it is there; curves are drawn without it. */
export const useSelfGraft = create<{ readonly record: SelfGraft | null }>(() => ({ record: null }));

let asked = false;

/** A page without the file has no dashed line, and nothing else is lost: no failure is reported. */
export async function loadSelfGraft(): Promise<void> {
  if (asked) return;
  asked = true;
  const response = await fetch(new URL(file, document.baseURI)).catch(() => null);
  if (response?.ok) useSelfGraft.setState({ record: parseSelfGraft(await response.json()) });
}

/** Every grafted slot of a plan given back its own kind of operator, which learns from random weights. */
export function selfGraftPlan(plan: Plan, shape: DitShape): Plan {
  return slotEntries(plan).reduce((next, [slot]) => {
    const { operator, config } = teacherPlan(shape, slot);
    return replaceOperator(next, [slot], { operator, config, initialisation: 'random' });
  }, plan);
}

/** Trains the self-graft of the present plan by the same recipe. */
export async function graftOntoItself(shape: DitShape): Promise<void> {
  const plan = selfGraftPlan(currentPlan(), shape);
  editPlan({ plan, label: 'Self-graft, the control' });
  say('The self-graft of your plan is trained by the same recipe; undo brings your plan back.');
  await graft('start');
}
