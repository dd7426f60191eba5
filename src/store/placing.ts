// Putting an operator on slots: whether it fits, what it would change, and the edit itself.
import { operatorById } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';
import { replaceOperator, restoreTeacher } from '../plan/edits.ts';
import type { OperatorConfig, Plan, SlotId, SlotPlan } from '../plan/plan.ts';
import { slotLabel } from '../plan/slots.ts';
import { misfit, slotProblem } from '../plan/validate.ts';
import type { DitShape } from '../workers/protocol.ts';
import { type Cost, planCost, siteAt, slotCost, teacherCost, teacherPlan } from './costs.ts';
import { currentPlan, editPlan } from './documentStore.ts';
import { model } from './sessionStore.ts';
import { announce, say, select } from './viewStore.ts';

export interface Preview {
  readonly before: string;
  readonly after: string;
  readonly slotBefore: Cost;
  readonly slotAfter: Cost;
  readonly modelBefore: Cost;
  readonly modelAfter: Cost;
}

export type Fit =
  | { readonly fits: true; readonly preview: Preview }
  | { readonly fits: false; readonly reason: string };

/** What would stand in the slot: the operator's defaults there, with the variant of the chip on top. */
export function placed(
  shape: DitShape,
  slot: SlotId,
  operator: Operator,
  variant: OperatorConfig | null,
): SlotPlan {
  const config = { ...operator.defaults(siteAt(shape, slot)), ...variant };
  return { operator: operator.id, config, initialisation: 'auto' };
}

/** What dropping an operator on a slot would do, or why it cannot. */
export function fitOn(
  shape: DitShape,
  plan: Plan,
  slot: SlotId,
  operatorId: string,
  variant: OperatorConfig | null,
): Fit {
  const operator = operatorById(operatorId);
  const refusal = misfit(operator, slot);
  if (refusal) return { fits: false, reason: refusal };
  const next = placed(shape, slot, operator, variant);
  const problem = slotProblem(slot, next, siteAt(shape, slot));
  if (problem) return { fits: false, reason: problem };
  const after = replaceOperator(plan, [slot], next);
  return {
    fits: true,
    preview: {
      before: heldLabel(shape, slot, plan.slots[slot]),
      after: heldLabel(shape, slot, next),
      slotBefore: slotCost(shape, slot, plan.slots[slot]),
      slotAfter: slotCost(shape, slot, next),
      modelBefore: planCost(shape, plan),
      modelAfter: planCost(shape, after),
    },
  };
}

/** `Sliding window, window 4`; the teacher's operator where nothing is grafted. */
export function heldLabel(shape: DitShape, slot: SlotId, held: SlotPlan | undefined): string {
  const { operator, config } = held ?? teacherPlan(shape, slot);
  const record = operatorById(operator);
  const summary = record.summary(config, siteAt(shape, slot));
  return summary === '' ? record.label : `${record.label}, ${summary}`;
}

/** Puts an operator on all slots that it fits, as one history entry; says why when it fits none. */
export function placeOperator(
  slots: readonly SlotId[],
  operatorId: string,
  variant: OperatorConfig | null,
): boolean {
  const info = model();
  if (!info || slots.length === 0) return false;
  const shape = info.config;
  const operator = operatorById(operatorId);
  const before = currentPlan();
  const fits = slots.filter((slot) => fitOn(shape, before, slot, operatorId, variant).fits);
  const [first] = fits;
  if (!first) {
    const [refused] = slots;
    const fit = refused && fitOn(shape, before, refused, operatorId, variant);
    if (fit && !fit.fits) say(fit.reason, 'error');
    return false;
  }
  let plan = before;
  for (const slot of fits) plan = replaceOperator(plan, [slot], placed(shape, slot, operator, variant));
  const where = fits.length === 1 ? slotLabel(first) : `${fits.length} slots`;
  const changed = editPlan({ plan, label: `${operator.label} on ${where}` });
  select(fits, first);
  announce(
    `${where} ${fits.length === 1 ? 'is' : 'are'} now ${heldLabel(shape, first, plan.slots[first])}. ${macsSentence(shape, first, plan)}`,
  );
  return changed;
}

/** Gives slots back to the pretrained operator. */
export function restoreSlots(slots: readonly SlotId[]): boolean {
  const [first] = slots;
  if (!first) return false;
  const where = slots.length === 1 ? slotLabel(first) : `${slots.length} slots`;
  const changed = editPlan({
    plan: restoreTeacher(currentPlan(), slots),
    label: `Teacher restored on ${where}`,
  });
  if (changed) announce(`${where} ${slots.length === 1 ? 'holds' : 'hold'} the pretrained operator again.`);
  return changed;
}

function macsSentence(shape: DitShape, slot: SlotId, plan: Plan): string {
  const change = slotCost(shape, slot, plan.slots[slot]).macs / teacherCost(shape, slot).macs - 1;
  const percent = Math.abs(change * 100);
  if (percent < 0.05) return 'As many MACs as before.';
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} % ${change < 0 ? 'fewer' : 'more'} MACs.`;
}
