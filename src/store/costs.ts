// Costs of slots and plans, counted on graphs and remembered by what they depend on.
import { known } from '../lib/errors.ts';
import { canonicalJson } from '../lib/hash.ts';
import { type Cost, modelCost, operatorCost } from '../models/cost.ts';
import { teacherOperator } from '../models/dit.ts';
import { siteOf } from '../models/shape.ts';
import type { SlotSite } from '../operators/operator.ts';
import { emptyPlan, type OperatorConfig, type Plan, type SlotId, type SlotPlan } from '../plan/plan.ts';
import type { PlanModel } from '../plan/validate.ts';
import type { DitShape, ModelInfo } from '../workers/protocol.ts';

export type { Cost } from '../models/cost.ts';

const remembered = new Map<string, Cost>();

/** Cost of one operator at one slot, per image. Equal sites share the answer. */
export function costAt(shape: DitShape, slot: SlotId, operator: string, config: OperatorConfig): Cost {
  const site = siteOf(shape, slot);
  const key = canonicalJson([operator, config, site]);
  const before = remembered.get(key);
  if (before) return before;
  const cost = operatorCost(operator, config, site);
  remembered.set(key, cost);
  return cost;
}

/** What the pretrained model holds in a slot, written as a plan would. */
export function teacherPlan(shape: DitShape, slot: SlotId): SlotPlan {
  const { operator, config } = teacherOperator(shape, slot);
  return { operator: operator.id, config, initialisation: 'auto' };
}

export function teacherCost(shape: DitShape, slot: SlotId): Cost {
  const { operator, config } = teacherPlan(shape, slot);
  return costAt(shape, slot, operator, config);
}

export function slotCost(shape: DitShape, slot: SlotId, held: SlotPlan | undefined): Cost {
  return held ? costAt(shape, slot, held.operator, held.config) : teacherCost(shape, slot);
}

let baseOf: { shape: DitShape; cost: Cost } | null = null;

/** Cost of the whole pretrained model, per image. */
export function baseCost(shape: DitShape): Cost {
  if (baseOf?.shape !== shape) baseOf = { shape, cost: modelCost(shape, emptyPlan('')).total };
  return known(baseOf, 'the cost of the base').cost;
}

/** Cost of the whole model with this plan: the base, with the difference of every changed slot. */
export function planCost(shape: DitShape, plan: Plan): Cost {
  const total = { ...baseCost(shape) };
  for (const slot of Object.keys(plan.slots) as SlotId[]) {
    const held = plan.slots[slot];
    if (!held) continue;
    const now = slotCost(shape, slot, held);
    const was = teacherCost(shape, slot);
    total.parameters += now.parameters - was.parameters;
    total.macs += now.macs - was.macs;
    total.bytes += now.bytes - was.bytes;
  }
  return total;
}

export function siteAt(shape: DitShape, slot: SlotId): SlotSite {
  return siteOf(shape, slot);
}

/** The open model as plans are held against it. */
export function planModel(info: ModelInfo): PlanModel {
  return { id: info.id, depth: info.config.depth, site: (slot) => siteOf(info.config, slot) };
}
