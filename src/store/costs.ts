// Costs of slots and plans as the screen asks for them. They are counted on graphs, and remembered, in models/cost.ts.
import { type Cost, modelCost, operatorCost } from '../models/cost.ts';
import { teacherOperator } from '../models/dit.ts';
import { siteOf } from '../models/shape.ts';
import type { SlotSite } from '../operators/operator.ts';
import type { OperatorConfig, Plan, SlotId, SlotPlan } from '../plan/plan.ts';
import type { PlanModel } from '../plan/validate.ts';
import type { DitShape, ModelInfo } from '../workers/protocol.ts';

export { baseCost, type Cost } from '../models/cost.ts';

/** Cost of one operator at one slot, per image. */
export function costAt(shape: DitShape, slot: SlotId, operator: string, config: OperatorConfig): Cost {
  return operatorCost(operator, config, siteOf(shape, slot));
}

/** What the pretrained model holds in a slot, written as a plan would. */
export function teacherPlan(shape: DitShape, slot: SlotId): SlotPlan {
  const { operator, config } = teacherOperator(shape, slot);
  return { operator: operator.id, config, initialisation: 'auto' };
}

export function teacherCost(shape: DitShape, slot: SlotId): Cost {
  return slotCost(shape, slot, undefined);
}

export function slotCost(shape: DitShape, slot: SlotId, held: SlotPlan | undefined): Cost {
  const { operator, config } = held ?? teacherPlan(shape, slot);
  return costAt(shape, slot, operator, config);
}

/** Cost of the whole model with this plan, per image. */
export function planCost(shape: DitShape, plan: Plan): Cost {
  return modelCost(shape, plan).total;
}

export function siteAt(shape: DitShape, slot: SlotId): SlotSite {
  return siteOf(shape, slot);
}

/** The open model as plans are held against it. */
export function planModel(info: ModelInfo): PlanModel {
  return { id: info.id, depth: info.config.depth, site: (slot) => siteOf(info.config, slot) };
}
