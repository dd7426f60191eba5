// The grafted model as far as a run got, from its checkpoint.
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import { graftsOf } from '../../models/pictures.ts';
import type { DitShape } from '../../models/shape.ts';
import type { SlotId } from '../../plan/plan.ts';
import { unpack } from '../parameters.ts';
import { type SlotTask, slotTasks } from '../stage1/slotTask.ts';
import { trainedPart } from '../stage2/scope.ts';
import type { RunCheckpoint } from './checkpoint.ts';

type Weights = Readonly<Record<string, Tensor>>;

/** The teacher's tensors without those of the tasks' slots. */
function aroundSlots(teacher: Weights, tasks: readonly SlotTask[]): Record<string, Tensor> {
  const replaced = tasks.map((task) => `${task.slot}.`);
  return Object.fromEntries(
    Object.entries(teacher).filter(([name]) => !replaced.some((prefix) => name.startsWith(prefix))),
  );
}

/** The teacher with students in its slots. `flat` gives each student's vector. */
export function withStudents(
  teacher: Weights,
  tasks: readonly SlotTask[],
  flat: (slot: SlotId) => Float32Array | undefined,
): Record<string, Tensor> {
  const weights = aroundSlots(teacher, tasks);
  for (const task of tasks) {
    const own = unpack(task.layout, known(flat(task.slot), `weights of ${task.slot}`));
    for (const [name, tensor] of Object.entries(own)) weights[`${task.slot}.${name}`] = tensor;
  }
  return weights;
}

/** A grafted model's tensors with the teacher's own in some of its slots. */
export function withTeacherIn(teacher: Weights, graft: Weights, slots: readonly SlotId[]): Weights {
  if (slots.length === 0) return graft;
  const inside = (name: string) => slots.some((slot) => name.startsWith(`${slot}.`));
  const keep = (weights: Weights, wanted: boolean) =>
    Object.entries(weights).filter(([name]) => inside(name) === wanted);
  return Object.fromEntries([...keep(graft, false), ...keep(teacher, true)]);
}

/** All tensors by checkpoint name: the run's result, else the best average of stage 2, else stage 1's best students. */
export function bestWeights(
  shape: DitShape,
  teacher: Weights,
  { plan, stage1, stage2, result }: RunCheckpoint,
): Record<string, Tensor> {
  const tasks = slotTasks(shape, plan);
  if (result) return { ...aroundSlots(teacher, tasks), ...result };
  const students = withStudents(teacher, tasks, (slot) => stage1.vectors[`${slot}/best`]);
  if (!stage2) return students;
  return trainedPart(plan, parameterShapes(shape, graftsOf(plan)), students).finish(stage2.best);
}

/** The model as stage 1 left it, before any fine-tune; undefined where the run kept no students of stage 1. */
export function stage1Weights(
  shape: DitShape,
  teacher: Weights,
  { plan, stage1 }: RunCheckpoint,
): Record<string, Tensor> | undefined {
  const tasks = slotTasks(shape, plan);
  const best = (slot: SlotId) => stage1.vectors[`${slot}/best`];
  return tasks.every(({ slot }) => best(slot)) ? withStudents(teacher, tasks, best) : undefined;
}
