// The control experiment of any graft: every slot grafted with the operator that it already holds, on the weights that
// this operator inherits. Whatever the model's output changes by then is the fault of the grafting, not of an operator.
import type { Engine } from '../engine/engine.ts';
import type { Tensor } from '../lib/tensor.ts';
import { teacherOperator } from '../models/dit.ts';
import { slotIds } from '../models/shape.ts';
import { emptyPlan, type Plan, type SlotPlan } from '../plan/plan.ts';
import type { BaseModel } from './bundle.ts';
import { largestDeviation, probesOf, samplerSteps } from './exporting/probes.ts';
import { withStudents } from './graft/bestWeights.ts';
import { pack } from './parameters.ts';
import { slotTasks } from './stage1/slotTask.ts';

export interface IdentityCheck {
  readonly slots: number;
  /** Denoising steps on seeded noise. */
  readonly inputs: number;
  /** Over all outputs of all inputs. */
  readonly maxDeviation: number;
}

const inputs = 8;

export async function checkIdentity(
  engine: Engine,
  { id, base }: { readonly id: string; readonly base: BaseModel },
): Promise<IdentityCheck> {
  const { frame, weights, pretrainingFlops } = base;
  const plan = selfGraft(id, base);
  const tasks = slotTasks(frame.shape, plan);
  const grafted = withStudents(weights, tasks, (slot) => {
    const task = tasks.find((candidate) => candidate.slot === slot);
    return task && inherited(task, weights);
  });
  const probes = probesOf(frame.shape, 1, inputs);
  const model = { frame, pretrainingFlops, provenance: {} };
  const original = await samplerSteps(engine, { ...model, plan: emptyPlan(id), weights }, probes);
  const copy = await samplerSteps(engine, { ...model, plan, weights: grafted }, probes);
  const { value } = largestDeviation(probes, original, copy);
  return { slots: tasks.length, inputs, maxDeviation: value };
}

/** The plan that replaces every operator by itself. */
export function selfGraft(id: string, { frame }: BaseModel): Plan {
  const slots = slotIds(frame.shape).map((slot): [string, SlotPlan] => {
    const { operator, config } = teacherOperator(frame.shape, slot);
    return [slot, { operator: operator.id, config, initialisation: 'inherit' }];
  });
  return { ...emptyPlan(id), slots: Object.fromEntries(slots) };
}

function inherited(
  { slot, operator, config, site, layout }: ReturnType<typeof slotTasks>[number],
  teacher: Readonly<Record<string, Tensor>>,
): Float32Array | undefined {
  const own = Object.entries(teacher).flatMap(([name, tensor]) =>
    name.startsWith(`${slot}.`) ? [[name.slice(slot.length + 1), tensor] as const] : [],
  );
  const weights = operator.inherit?.({ weights: Object.fromEntries(own) }, config, site);
  return weights && pack(layout, weights);
}
