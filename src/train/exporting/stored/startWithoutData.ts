// How a new operator starts where there are no images to measure starts on: it inherits where it can, else it is random.
import type { Tensor } from '../../../lib/tensor.ts';
import { teacherOperator } from '../../../models/dit.ts';
import { graftsOf } from '../../../models/pictures.ts';
import { type DitShape, siteOf } from '../../../models/shape.ts';
import { randomWeights } from '../../../operators/initialise.ts';
import type { Weights } from '../../../operators/operator.ts';
import type { Plan, SlotId } from '../../../plan/plan.ts';

export interface SlotStart {
  readonly start: 'inherit' | 'random';
  /** By their names below the slot. */
  readonly weights: Weights;
}

/** A ridge start needs activations; it is random here. @param read a tensor of the base by its checkpoint name */
export async function startWithoutData(
  shape: DitShape,
  plan: Plan,
  slot: SlotId,
  read: (name: string) => Promise<Tensor>,
): Promise<SlotStart> {
  const teacher = teacherOperator(shape, slot);
  const { operator, config } = graftsOf(plan)[slot] ?? teacher;
  const site = siteOf(shape, slot);
  const random = randomWeights(operator.parameters(config, site), plan.seed, slot);
  if (!operator.inherit || plan.slots[slot]?.initialisation === 'random')
    return { start: 'random', weights: random };
  const own: Record<string, Tensor> = {};
  for (const { name } of teacher.operator.parameters(teacher.config, site)) {
    own[name] = await read(`${slot}.${name}`);
  }
  const inherited = operator.inherit({ weights: own }, config, site);
  return inherited
    ? { start: 'inherit', weights: { ...random, ...inherited } }
    : { start: 'random', weights: random };
}
