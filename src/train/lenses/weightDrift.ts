// How far the weights of each slot moved from the base's: |W − W₀| / |W₀| in Frobenius norms.
import type { Tensor } from '../../lib/tensor.ts';
import { teacherOperator } from '../../models/dit.ts';
import { type DitShape, siteOf, slotIds } from '../../models/shape.ts';
import { operatorById } from '../../operators/index.ts';
import type { Plan, SlotId } from '../../plan/plan.ts';

type Weights = Readonly<Record<string, Tensor>>;

/**
 * For every slot, over the tensors that its operator takes over from the base under its own names. Slots whose operator
 * takes over none (a state space), or another choice of units (an MLP of another ratio), have no drift.
 */
export function weightDrift(
  shape: DitShape,
  plan: Pick<Plan, 'slots'>,
  base: Weights,
  graft: Weights,
): Partial<Record<SlotId, number>> {
  const drift: Partial<Record<SlotId, number>> = {};
  for (const slot of slotIds(shape)) {
    const moved = relativeChange(origin(shape, plan, slot, under(base, slot)), under(graft, slot));
    if (moved !== undefined) drift[slot] = moved;
  }
  return drift;
}

/** The base's weights of a slot as its operator in the plan would hold them. */
function origin(
  shape: DitShape,
  { slots }: Pick<Plan, 'slots'>,
  slot: SlotId,
  weights: Weights,
): Weights | undefined {
  const held = slots[slot];
  if (!held) return weights;
  const site = siteOf(shape, slot);
  const operator = operatorById(held.operator);
  const teacher = teacherOperator(shape, slot);
  if (operator.id === teacher.operator.id) {
    const size = (config: typeof held.config) =>
      operator.parameters(config, site).map((spec) => [spec.name, spec.shape]);
    // Another ratio keeps another choice of hidden units: nothing to compare tensor by tensor.
    return String(size(held.config)) === String(size(teacher.config)) ? weights : undefined;
  }
  return operator.inherit?.({ weights }, held.config, site);
}

function under(weights: Weights, slot: SlotId): Weights {
  const prefix = `${slot}.`;
  return Object.fromEntries(
    Object.entries(weights).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );
}

function relativeChange(before: Weights | undefined, after: Weights): number | undefined {
  let [moved, size] = [0, 0];
  for (const [name, { data }] of Object.entries(before ?? {})) {
    const now = after[name]?.data;
    if (!now || now.length !== data.length) continue;
    for (let i = 0; i < data.length; i++) {
      const was = data[i] ?? 0;
      moved += ((now[i] ?? 0) - was) ** 2;
      size += was ** 2;
    }
  }
  return size > 0 ? Math.sqrt(moved / size) : undefined;
}
