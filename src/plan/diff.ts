// What differs between two plans, slot by slot and setting by setting.

import { canonicalJson } from '../lib/hash.ts';
import { slotEntries } from './edits.ts';
import type { Plan, SlotId, SlotPlan } from './plan.ts';
import { compareSlots } from './slots.ts';

export interface SlotChange {
  readonly slot: SlotId;
  /** Null where the slot holds the teacher. */
  readonly before: SlotPlan | null;
  readonly after: SlotPlan | null;
}

export interface SettingChange {
  /** `stage1.steps`, `stage2.scope`, `seed`, `base`. */
  readonly name: string;
  readonly before: string | number | boolean;
  readonly after: string | number | boolean;
}

export interface PlanDiff {
  readonly slots: readonly SlotChange[];
  readonly settings: readonly SettingChange[];
}

export function diffPlans(before: Plan, after: Plan): PlanDiff {
  return { slots: slotChanges(before, after), settings: settingChanges(before, after) };
}

function slotChanges(before: Plan, after: Plan): SlotChange[] {
  const slots = new Set([...slotEntries(before), ...slotEntries(after)].map(([slot]) => slot));
  return [...slots]
    .sort(compareSlots)
    .map((slot) => ({ slot, before: before.slots[slot] ?? null, after: after.slots[slot] ?? null }))
    .filter((change) => canonicalJson(change.before) !== canonicalJson(change.after));
}

function settingChanges(before: Plan, after: Plan): SettingChange[] {
  const old = settings(before);
  return Object.entries(settings(after)).flatMap(([name, value]) => {
    const was = old[name];
    return was === undefined || was === value ? [] : [{ name, before: was, after: value }];
  });
}

function settings(plan: Plan): Record<string, string | number | boolean> {
  const flat: Record<string, string | number | boolean> = { base: plan.base, seed: plan.seed };
  for (const [name, value] of Object.entries(plan.stage1)) flat[`stage1.${name}`] = value;
  for (const [name, value] of Object.entries(plan.stage2)) flat[`stage2.${name}`] = value;
  return flat;
}
