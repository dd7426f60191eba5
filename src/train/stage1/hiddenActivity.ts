// How active the hidden units of the teacher's MLPs are: what `inherit` keeps when an MLP becomes narrower.
import type { Schedule } from '../../diffusion/schedule.ts';
import { abs, type Graph, gelu, graphOf, linear, type Node, reduceSum } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { DitShape } from '../../models/shape.ts';
import type { SlotId } from '../../plan/plan.ts';
import { teacherPass } from './teacherPass.ts';

/** Σ|GELU(fc1 x)| over images and tokens, [hidden], for each channel slot; undefined when there is none. */
export function activityGraph(
  shape: DitShape,
  schedule: Schedule,
  slots: readonly SlotId[],
  batch: number,
): Graph | undefined {
  const channelSlots = slots.filter((slot) => slot.endsWith('.mlp'));
  if (channelSlots.length === 0) return undefined;
  const teacher = teacherPass(shape, schedule, batch);
  const outputs: Record<string, Node> = {};
  for (const slot of channelSlots) {
    const hidden = linear(
      teacher.input(slot),
      teacher.weight(`${slot}.fc1.weight`),
      teacher.weight(`${slot}.fc1.bias`),
    );
    outputs[slot] = reduceSum(abs(gelu(hidden)), [0, 1]);
  }
  return graphOf(outputs);
}

export function addActivity(
  sums: Map<string, Float64Array>,
  outputs: Readonly<Record<string, Tensor>>,
): void {
  for (const [slot, tensor] of Object.entries(outputs)) {
    const sum = sums.get(slot) ?? new Float64Array(tensor.data.length);
    tensor.data.forEach((value, i) => {
      sum[i] = known(sum[i], 'unit') + value;
    });
    sums.set(slot, sum);
  }
}
