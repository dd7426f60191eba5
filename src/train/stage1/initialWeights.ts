// How each new operator starts: every initialisation that applies is tried, measured before training, and the best kept.
import { known, ShapeError } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import { randomWeights } from '../../operators/initialise.ts';
import type { Teacher } from '../../operators/operator.ts';
import type { Initialisation, SlotId } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import { diffusionBatches } from '../diffusionBatches.ts';
import { type GraftContext, readAll, type TeacherOnDevice, teacherTensors } from '../graft/context.ts';
import { pack } from '../parameters.ts';
import type { HeldOut } from './heldOut.ts';
import { activityGraph, addActivity } from './hiddenActivity.ts';
import { featureCount, featureWeights, gramGraph, maxRidgeFeatures, NormalEquations } from './ridge.ts';
import type { SlotTask } from './slotTask.ts';

export type MeasuredInitialisation = Exclude<Initialisation, 'auto'>;

export interface InitialWeights {
  readonly chosen: MeasuredInitialisation;
  /** Held-out error before training, by initialisation. */
  readonly errors: Readonly<Partial<Record<MeasuredInitialisation, number>>>;
  readonly parameters: Float32Array;
}

const batch = 32;
const activityBatches = 2;
const ridgeBatches = 8;

type Candidates = Map<SlotId, Partial<Record<MeasuredInitialisation, Float32Array>>>;

export async function initialWeights(
  context: GraftContext,
  teacher: TeacherOnDevice,
  tasks: readonly SlotTask[],
  heldOut: HeldOut,
  seed: number,
): Promise<Map<SlotId, InitialWeights>> {
  const activity = await hiddenActivity(context, teacher, tasks, seed);
  const candidates: Candidates = new Map();
  for (const task of tasks) candidates.set(task.slot, freshAndInherited(context, task, activity, seed));
  await addRidge(context, teacher, tasks, candidates, seed);
  await addGenerated(context, tasks, candidates);
  return choose(tasks, candidates, heldOut);
}

function teacherOf(context: GraftContext, slot: SlotId, activity: Float64Array | undefined): Teacher {
  const weights = teacherTensors(context, slot);
  return activity ? { weights, hiddenActivity: activity } : { weights };
}

function freshAndInherited(
  context: GraftContext,
  task: SlotTask,
  activity: ReadonlyMap<string, Float64Array>,
  seed: number,
): Partial<Record<MeasuredInitialisation, Float32Array>> {
  const specs = task.operator.parameters(task.config, task.site);
  const allowed = task.operator.initialisations(task.config, task.site);
  const starts: Partial<Record<MeasuredInitialisation, Float32Array>> = {
    random: pack(task.layout, randomWeights(specs, seed, task.slot)),
  };
  if (allowed.includes('inherit')) {
    const teacher = teacherOf(context, task.slot, activity.get(task.slot));
    const inherited = task.operator.inherit?.(teacher, task.config, task.site);
    if (inherited) starts.inherit = pack(task.layout, inherited);
  }
  return starts;
}

function trainBatches(context: GraftContext, purpose: string, seed: number) {
  return diffusionBatches(context.data.stage1, context.frame.shape, {
    seed,
    purpose,
    batch,
    timesteps: context.schedule.steps,
    labelDropout: 0.1,
  });
}

async function hiddenActivity(
  context: GraftContext,
  teacher: TeacherOnDevice,
  tasks: readonly SlotTask[],
  seed: number,
): Promise<ReadonlyMap<string, Float64Array>> {
  const sums = new Map<string, Float64Array>();
  const slots = tasks.map((task) => task.slot);
  const graph = activityGraph(context.frame.shape, context.schedule, slots, batch);
  if (!graph) return sums;
  const program = await context.engine.compile(graph);
  const draw = trainBatches(context, 'activity', seed);
  for (let i = 0; i < activityBatches; i++) {
    addActivity(sums, await readAll(await program.run({ ...teacher.feeds, ...draw(i) })));
  }
  await program.dispose();
  return sums;
}

/** Solves the output layer on top of the inherited weights or, where nothing is inherited, of the random ones. */
async function addRidge(
  context: GraftContext,
  teacher: TeacherOnDevice,
  tasks: readonly SlotTask[],
  candidates: Candidates,
  seed: number,
): Promise<void> {
  const solvable = tasks.filter(
    (task) =>
      task.operator.initialisations(task.config, task.site).includes('ridge') &&
      featureCount(task) <= maxRidgeFeatures,
  );
  if (solvable.length === 0) return;
  const { engine, frame, schedule } = context;
  const program = await engine.compile(gramGraph(frame.shape, schedule, solvable, batch));
  const draw = trainBatches(context, 'ridge', seed);
  const equations = new Map(solvable.map((task) => [task.slot, new NormalEquations()]));
  const starts = solvable.map((task) => {
    const own = known(candidates.get(task.slot), task.slot);
    return [task, known(own.inherit ?? own.random, 'start')] as const;
  });
  const feeds = Object.fromEntries(
    starts.map(([task, start]) => [featureWeights(task), engine.upload(f32([start.length], start))]),
  );
  for (let i = 0; i < ridgeBatches; i++) {
    const outputs = await readAll(await program.run({ ...teacher.feeds, ...draw(i), ...feeds }));
    for (const task of solvable) equations.get(task.slot)?.add(task, outputs);
  }
  for (const feed of Object.values(feeds)) feed.dispose();
  await program.dispose();
  for (const [task, start] of starts) {
    const solved = known(equations.get(task.slot), 'normal equations').solve(task);
    const ridge = start.slice();
    for (const { name, offset } of task.layout.entries) {
      const tensor = solved[name];
      if (tensor) ridge.set(tensor.data, offset);
    }
    known(candidates.get(task.slot), task.slot).ridge = ridge;
  }
}

/** @throws ShapeError when the generator writes another number of weights than the operator has */
async function addGenerated(
  { writeStart }: GraftContext,
  tasks: readonly SlotTask[],
  candidates: Candidates,
): Promise<void> {
  if (!writeStart) return;
  const written = await writeStart(
    tasks.map((task) => ({ task, inherited: candidates.get(task.slot)?.inherit })),
  );
  for (const task of tasks) {
    const generated = written.get(task.slot);
    if (!generated) continue;
    if (generated.length !== task.layout.size) {
      throw new ShapeError(
        `The weight generator wrote ${generated.length} numbers for ${task.operator.label} in ${slotLabel(task.slot)}, which has ${task.layout.size}; choose another initialisation.`,
      );
    }
    known(candidates.get(task.slot), task.slot).generated = generated;
  }
}

async function choose(
  tasks: readonly SlotTask[],
  candidates: Candidates,
  heldOut: HeldOut,
): Promise<Map<SlotId, InitialWeights>> {
  const errors = new Map(
    tasks.map((task) => [task.slot, {} as Partial<Record<MeasuredInitialisation, number>>]),
  );
  for (const kind of ['random', 'inherit', 'ridge', 'generated'] as const) {
    if (!tasks.some((task) => candidates.get(task.slot)?.[kind])) continue;
    // Slots without this initialisation are fed their random start, and what is measured for them is not used.
    const measured = await heldOut.measure((slot) => {
      const own = known(candidates.get(slot), slot);
      const start = known(own[kind] ?? own.random, 'start');
      return f32([start.length], start);
    });
    for (const [slot, error] of measured) {
      if (candidates.get(slot)?.[kind]) known(errors.get(slot), slot)[kind] = error.relative;
    }
  }
  return new Map(
    tasks.map((task) => {
      const measured = known(errors.get(task.slot), task.slot);
      const chosen = preferred(task, measured);
      const parameters = known(candidates.get(task.slot)?.[chosen], `${chosen} start of ${task.slot}`);
      return [task.slot, { chosen, errors: measured, parameters }];
    }),
  );
}

/** What the plan asks for if it applies, else the start of the lowest error. */
function preferred(
  task: SlotTask,
  errors: Partial<Record<MeasuredInitialisation, number>>,
): MeasuredInitialisation {
  const wanted = task.plan.initialisation;
  if (wanted !== 'auto' && errors[wanted] !== undefined) return wanted;
  const finite = (Object.entries(errors) as [MeasuredInitialisation, number][]).filter(([, error]) =>
    Number.isFinite(error),
  );
  finite.sort(([, a], [, b]) => a - b);
  return finite[0]?.[0] ?? 'random';
}
