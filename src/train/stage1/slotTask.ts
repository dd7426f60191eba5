// One operator to be distilled: where it stands, what it is, and its weights as a flat vector.
import type { Node } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { type DitShape, siteOf } from '../../models/shape.ts';
import { operatorById } from '../../operators/index.ts';
import type { Operator, SlotSite } from '../../operators/operator.ts';
import type { OperatorConfig, Plan, SlotId, SlotPlan } from '../../plan/plan.ts';
import { cut, layoutOf, type ParameterLayout } from '../parameters.ts';

export interface SlotTask {
  readonly slot: SlotId;
  readonly plan: SlotPlan;
  readonly operator: Operator;
  readonly config: OperatorConfig;
  readonly site: SlotSite;
  /** The operator's own tensors, by their names below the slot. */
  readonly layout: ParameterLayout;
}

export function slotTasks(shape: DitShape, plan: Pick<Plan, 'slots'>): SlotTask[] {
  const entries = Object.entries(plan.slots) as [SlotId, SlotPlan][];
  return entries.map(([slot, slotPlan]) => {
    const operator = operatorById(slotPlan.operator);
    const site = siteOf(shape, slot);
    const specs = operator.parameters(slotPlan.config, site);
    const layout = layoutOf(specs.map((spec) => [spec.name, spec.shape]));
    return { slot, plan: slotPlan, operator, config: slotPlan.config, site, layout };
  });
}

/** The student's tensors by name, as cut from its flat vector. */
export type StudentWeights = ReadonlyMap<string, Node>;

export function studentWeights(task: SlotTask, parameters: Node): StudentWeights {
  return cut(task.layout, parameters);
}

/** The student's output for x [B, N, D]. */
export function student(task: SlotTask, weights: StudentWeights, x: Node): Node {
  return task.operator.apply(x, (name) => known(weights.get(name), name), task.config, task.site);
}

/** Input of the student's output layer, [B, N, F]. */
export function studentFeatures(task: SlotTask, weights: StudentWeights, x: Node): Node {
  return task.operator.features(x, (name) => known(weights.get(name), name), task.config, task.site);
}
