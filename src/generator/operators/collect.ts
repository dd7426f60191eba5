// Fits one operator in every slot of its kind by activation distillation, and keeps late checkpoints of each.
import { known, UserError } from '../../lib/errors.ts';
import { kindOf, slotIds } from '../../models/shape.ts';
import { operatorById } from '../../operators/index.ts';
import type { SlotId, SlotPlan, Stage1Recipe } from '../../plan/plan.ts';
import type { LabelledImages } from '../../train/diffusionBatches.ts';
import {
  type GraftContext,
  type TeacherOnDevice,
  teacherTensors,
  uploadTeacher,
} from '../../train/graft/context.ts';
import { Distiller } from '../../train/stage1/distiller.ts';
import { HeldOut } from '../../train/stage1/heldOut.ts';
import { type InitialWeights, initialWeights } from '../../train/stage1/initialWeights.ts';
import { type SlotTask, slotTasks } from '../../train/stage1/slotTask.ts';
import { checkpointSteps } from '../dataset/fineTune.ts';
import type { DataSlice, OperatorCondition } from './condition.ts';
import { inheritedVector } from './layout.ts';
import type { OperatorRun } from './runs.ts';

export interface CollectRecipe {
  readonly stage1: Stage1Recipe;
  /** Where every run leaves from: `ridge` is far nearer to the teacher, and as unique as the inherited weights. */
  readonly start: 'inherit' | 'ridge';
  /** Late checkpoints of each operator, and steps between them. */
  readonly checkpoints: number;
  readonly every: number;
}

export interface FittedOperator {
  readonly condition: OperatorCondition;
  readonly seed: number;
  /** What was added to the inherited weights [P], as `operatorLayout` orders its numbers, oldest checkpoint first. */
  readonly deviations: readonly Float32Array[];
  /** Held-out activation error of the start and of the end. */
  readonly initialError: number;
  readonly finalError: number;
}

/**
 * All runs leave from one kind of start: weights that were permuted or rotated against each other have no common meaning,
 * and `auto` would start one slot by ridge and another by inheritance (spec §3.4).
 */
const sharedStart = 0;

/** Images of the slice's classes, in their order. */
export function sliced(data: LabelledImages, { name, classes }: DataSlice): LabelledImages {
  const size = data.images.length / data.labels.length;
  const kept = Array.from({ length: data.count }, (_, n) => n).filter((n) =>
    classes.includes(known(data.labels[n], 'label')),
  );
  if (kept.length === 0) throw new UserError(`No image belongs to the slice "${name}".`);
  const images = new Uint8Array(kept.length * size);
  kept.forEach((n, i) => {
    images.set(data.images.subarray(n * size, (n + 1) * size), i * size);
  });
  return { images, labels: kept.map((n) => known(data.labels[n], 'label')), count: kept.length };
}

/** The programs and starts of one operator on one slice; errors are measured on held-out images of the slice. */
export interface OperatorBench {
  readonly context: GraftContext;
  readonly teacher: TeacherOnDevice;
  readonly heldOut: HeldOut;
  readonly tasks: readonly SlotTask[];
  /** The shared start of every slot, with the errors before training of all initialisations that apply. */
  readonly starts: ReadonlyMap<SlotId, InitialWeights>;
  dispose(): Promise<void>;
}

/** @param initialisation of the shared start; where the operator cannot inherit it is random */
export async function operatorBench(
  context: GraftContext,
  { operator, config, slice }: Omit<OperatorRun, 'seed'>,
  initialisation: 'inherit' | 'ridge' = 'inherit',
): Promise<OperatorBench> {
  const { kind, inherit } = operatorById(operator);
  const chosen = initialisation === 'inherit' && !inherit ? 'random' : initialisation;
  const slotPlan: SlotPlan = { operator, config, initialisation: chosen };
  const slots = slotIds(context.frame.shape).filter((slot) => kindOf(slot) === kind);
  const { stage1, heldOut: test } = context.data;
  const own: GraftContext = {
    ...context,
    data: { ...context.data, stage1: sliced(stage1, slice), heldOut: sliced(test, slice) },
  };
  const tasks = slotTasks(context.frame.shape, {
    slots: Object.fromEntries(slots.map((slot) => [slot, slotPlan])),
  });
  const teacher = uploadTeacher(own);
  const heldOut = await HeldOut.create(own, teacher, tasks);
  const starts = await initialWeights(own, teacher, tasks, heldOut, sharedStart);
  return {
    ...{ context: own, teacher, heldOut, tasks, starts },
    dispose: async () => {
      await heldOut.dispose();
      teacher.dispose();
    },
  };
}

export async function collectOperators(
  context: GraftContext,
  run: OperatorRun,
  { stage1, start, checkpoints, every }: CollectRecipe,
  onStep: (step: number) => void = () => {},
): Promise<FittedOperator[]> {
  const first = checkpointSteps({ steps: stage1.steps, checkpoints, every })[0] ?? stage1.steps;
  const bench = await operatorBench(context, run, start);
  const { teacher, heldOut, tasks, starts } = bench;
  const recipe = { ...stage1, stopWhenFlat: false };
  const distiller = new Distiller(bench.context, teacher, heldOut, tasks, recipe, run.seed);
  distiller.start(starts);
  const kept = new Map<SlotId, Float32Array[]>(tasks.map(({ slot }) => [slot, []]));
  try {
    while (!distiller.finished) {
      await distiller.run();
      onStep(distiller.step);
      if (distiller.step < first || (distiller.step - first) % every !== 0) continue;
      const { vectors } = await distiller.state();
      for (const { slot, site } of tasks) {
        const own = inheritedVector(run.operator, run.config, site, teacherTensors(context, slot));
        const now = known(vectors[`${slot}/parameters`], slot);
        kept.get(slot)?.push(now.map((value, i) => value - (own[i] ?? 0)));
      }
    }
    const { operator, config, slice, seed } = run;
    return distiller.records.map((record) => ({
      condition: { slot: record.slot, operator, config, slice },
      seed,
      deviations: known(kept.get(record.slot), record.slot),
      initialError: record.initial[record.chosen] ?? Number.NaN,
      finalError: record.errors.at(-1) ?? Number.NaN,
    }));
  } finally {
    await distiller.dispose();
    await bench.dispose();
  }
}
