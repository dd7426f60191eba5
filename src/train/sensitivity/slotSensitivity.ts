// Sensitivity of slots to one candidate: how much the model's output changes when only that slot is swapped, with the
// best start that needs no training (inherited or solved weights where they apply, measured on the spot).
import type { Feeds } from '../../engine/engine.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { SlotId } from '../../plan/plan.ts';
import type { GraftContext, TeacherOnDevice } from '../graft/context.ts';
import { HeldOut } from '../stage1/heldOut.ts';
import { initialWeights, type MeasuredInitialisation } from '../stage1/initialWeights.ts';
import type { SlotTask } from '../stage1/slotTask.ts';
import { type OutputChange, outputChange } from './outputChange.ts';
import { SwappedModel } from './swappedModel.ts';

export interface SlotSensitivity extends OutputChange {
  readonly slot: SlotId;
  /** The start that had the lowest held-out error. */
  readonly initialisation: MeasuredInitialisation;
  /** That error: |student − teacher| / |teacher| of the operator alone. */
  readonly slotError: number;
}

/** What all candidates are measured with. */
export interface Bench {
  readonly context: GraftContext;
  readonly teacher: TeacherOnDevice;
  readonly images: readonly Feeds[];
  /** The unchanged model's predicted noise for each batch of images. */
  readonly reference: readonly Tensor[];
}

// Random starts need a seed; the paper's question is about slots, not seeds.
const seed = 0;

/** Yields each slot as it is measured. */
export async function* slotSensitivities(
  { context, teacher, images, reference }: Bench,
  tasks: readonly SlotTask[],
): AsyncGenerator<SlotSensitivity, void> {
  const heldOut = await HeldOut.create(context, teacher, tasks);
  const initial = await initialWeights(context, teacher, tasks, heldOut, seed).finally(() =>
    heldOut.dispose(),
  );
  const startOf = (slot: SlotId) => known(initial.get(slot), slot);
  const model = await SwappedModel.create(context, teacher, tasks, (slot) => startOf(slot).parameters);
  try {
    for (const { slot } of tasks) {
      const noises: Tensor[] = [];
      for (const batch of images) noises.push(await model.noise(batch, [slot]));
      const { chosen, errors } = startOf(slot);
      const slotError = known(errors[chosen], 'held-out error');
      yield { slot, ...outputChange(reference, noises), initialisation: chosen, slotError };
    }
  } finally {
    await model.dispose();
  }
}
