// The teacher's forward pass on noised images: the inputs and targets that all operators of stage 1 learn from.
import { noised } from '../../diffusion/loss.ts';
import type { Schedule } from '../../diffusion/schedule.ts';
import { gather, input, type Node } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { type DitTrace, dit } from '../../models/dit.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import type { DitShape } from '../../models/shape.ts';
import type { SlotId } from '../../plan/plan.ts';
import { batchInputs, fixedNodes } from '../ditTraining.ts';
import { cut, layoutOf } from '../parameters.ts';

export interface TeacherPass {
  /** The operator's own input (normalised and modulated), [B, N, D]. */
  readonly input: (slot: SlotId) => Node;
  /** Its output before the gate, [B, N, D]. */
  readonly target: (slot: SlotId) => Node;
  /** A tensor of the teacher by its checkpoint name. */
  readonly weight: (name: string) => Node;
  readonly t: Node;
}

/** Inputs: `teacher` (flat), the fixed inputs, `x0`, `noise`, `t`, `y`. What no slot needs is never computed. */
export function teacherPass(shape: DitShape, schedule: Schedule, batch: number): TeacherPass {
  const layout = layoutOf(parameterShapes(shape));
  const weights = cut(layout, input('teacher', [layout.size]));
  const fixed = fixedNodes(shape, schedule.steps);
  const weight = (name: string) => (name === 'pos_embed' ? fixed.position : known(weights.get(name), name));
  const { x0, noise, t, y } = batchInputs(shape, batch);
  const x = noised(schedule, x0, noise, t);
  const trace: DitTrace = dit(shape, weight, { x, timeCode: gather(fixed.timeTable, t), y });
  const place = (slot: SlotId) => known(trace.slots.get(slot), slot);
  return { input: (slot) => place(slot).input, target: (slot) => place(slot).output, weight, t };
}
