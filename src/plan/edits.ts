// Every way a plan can change. Each edit is pure and returns the very same plan when nothing changes.
import { canonical } from './canonical.ts';
import type {
  Initialisation,
  OperatorConfig,
  Plan,
  SlotId,
  SlotPlan,
  Stage1Recipe,
  Stage2Recipe,
} from './plan.ts';
import { compareSlots, isSlotId } from './slots.ts';

export interface Replacement {
  readonly operator: string;
  readonly config: OperatorConfig;
  readonly initialisation?: Initialisation;
}

/** Puts an operator on every slot given. */
export function replaceOperator(plan: Plan, slots: readonly SlotId[], replacement: Replacement): Plan {
  const { operator, config, initialisation = 'auto' } = replacement;
  return mapSlots(plan, slots, () => ({ operator, config, initialisation }));
}

/** Gives the slots back to the operator of the pretrained model. */
export function restoreTeacher(plan: Plan, slots: readonly SlotId[]): Plan {
  return mapSlots(plan, slots, () => undefined);
}

/** Changes config fields of grafted slots; slots that still hold the teacher are left alone. */
export function setConfig(plan: Plan, slots: readonly SlotId[], patch: OperatorConfig): Plan {
  return mapSlots(plan, slots, (now) => now && { ...now, config: { ...now.config, ...patch } });
}

export function setInitialisation(
  plan: Plan,
  slots: readonly SlotId[],
  initialisation: Initialisation,
): Plan {
  return mapSlots(plan, slots, (now) => now && { ...now, initialisation });
}

export function setStage1(plan: Plan, patch: Partial<Stage1Recipe>): Plan {
  return unlessSame(plan, { ...plan, stage1: { ...plan.stage1, ...patch } });
}

export function setStage2(plan: Plan, patch: Partial<Stage2Recipe>): Plan {
  return unlessSame(plan, { ...plan, stage2: { ...plan.stage2, ...patch } });
}

export function setSeed(plan: Plan, seed: number): Plan {
  return unlessSame(plan, { ...plan, seed });
}

/** The slots of a plan, top of the model first. */
export function graftedSlots(plan: Plan): SlotId[] {
  return slotEntries(plan).map(([slot]) => slot);
}

/** Slots with their contents, top of the model first. */
export function slotEntries(plan: Plan): [SlotId, SlotPlan][] {
  const entries: [SlotId, SlotPlan][] = [];
  for (const slot in plan.slots) {
    const held = isSlotId(slot) ? plan.slots[slot] : undefined;
    if (isSlotId(slot) && held) entries.push([slot, held]);
  }
  return entries.sort(([a], [b]) => compareSlots(a, b));
}

function mapSlots(
  plan: Plan,
  slots: readonly SlotId[],
  change: (now: SlotPlan | undefined) => SlotPlan | undefined,
): Plan {
  const next: Partial<Record<SlotId, SlotPlan>> = { ...plan.slots };
  for (const slot of slots) {
    const held = change(plan.slots[slot]);
    if (held) next[slot] = held;
    else delete next[slot];
  }
  // Slots are kept in model order, so that equal plans print equally.
  const ordered = slotEntries({ ...plan, slots: next });
  return unlessSame(plan, { ...plan, slots: Object.fromEntries(ordered) });
}

function unlessSame(before: Plan, after: Plan): Plan {
  return canonical(before) === canonical(after) ? before : after;
}
