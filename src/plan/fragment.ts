// A piece of a plan on the clipboard: what some slots hold, as JSON that also reads in an editor or a chat.
import { UserError } from '../lib/errors.ts';
import { replaceOperator, restoreTeacher } from './edits.ts';
import { emptyPlan, type Plan, type SlotId, type SlotPlan } from './plan.ts';
import { isRecord } from './reading.ts';
import { allSlots, compareSlots, isSlotId, slotBlock, slotId, slotKind, slotPart } from './slots.ts';
import { parsePlan } from './validate.ts';

export interface Fragment {
  /** In the order of the model; null is the teacher. */
  readonly slots: readonly { readonly slot: SlotId; readonly held: SlotPlan | null }[];
}

const format = 'scion-slots';

export function fragmentOf(plan: Plan, slots: readonly SlotId[]): Fragment {
  const ordered = [...new Set(slots)].sort(compareSlots);
  return { slots: ordered.map((slot) => ({ slot, held: plan.slots[slot] ?? null })) };
}

export function fragmentText({ slots }: Fragment): string {
  const held = Object.fromEntries(slots.map(({ slot, held }) => [slot, held]));
  return `${JSON.stringify({ format, version: 1, slots: held }, null, 2)}\n`;
}

/** The fragment that a text holds; undefined when it is none, an error when it is a damaged one. */
export function parseFragment(text: string): Fragment | undefined {
  if (text.length > 1_000_000 || !text.includes(format)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.format !== format) return undefined;
  if (!isRecord(value.slots))
    throw new UserError('The copied slots are damaged: they hold no slots; copy them again.');
  const names = Object.keys(value.slots);
  const stranger = names.find((name) => !isSlotId(name));
  if (stranger !== undefined) {
    throw new UserError(
      `The copied slots name "${stranger}"; slots are called like blocks.3.attn or blocks.3.mlp.`,
    );
  }
  const grafted = Object.fromEntries(Object.entries(value.slots).filter(([, held]) => held !== null));
  // One reader for what a slot may hold: the plan's.
  const { slots } = parsePlan({ ...emptyPlan('fragment'), slots: grafted });
  const ids = names.filter(isSlotId).sort(compareSlots);
  return { slots: ids.map((slot) => ({ slot, held: slots[slot] ?? null })) };
}

/**
 * Where each slot of the fragment goes. One slot goes on every target of its kind; several keep their distances, the
 * first block on the first target's. Without targets, everything goes where it came from. Outside of the model nothing.
 */
export function pasteTargets(
  fragment: Fragment,
  targets: readonly SlotId[],
  depth: number,
): { readonly slot: SlotId; readonly held: SlotPlan | null }[] {
  const inModel = new Set(allSlots(depth));
  const [only] = fragment.slots;
  if (only && fragment.slots.length === 1 && targets.length > 0) {
    const kind = slotKind(only.slot);
    return targets
      .filter((slot) => slotKind(slot) === kind && inModel.has(slot))
      .map((slot) => ({ slot, held: only.held }));
  }
  const first = (slots: readonly SlotId[]) => Math.min(...slots.map(slotBlock));
  const shift = targets.length === 0 ? 0 : first(targets) - first(fragment.slots.map(({ slot }) => slot));
  return fragment.slots
    .map(({ slot, held }) => ({ slot: slotId(slotBlock(slot) + shift, slotPart(slot)), held }))
    .filter(({ slot }) => inModel.has(slot));
}

/** The plan with these slots filled. */
export function withSlots(
  plan: Plan,
  filled: readonly { readonly slot: SlotId; readonly held: SlotPlan | null }[],
): Plan {
  return filled.reduce(
    (next, { slot, held }) => (held ? replaceOperator(next, [slot], held) : restoreTeacher(next, [slot])),
    plan,
  );
}
