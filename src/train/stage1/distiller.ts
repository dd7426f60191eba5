// Stage 1: activation distillation of all grafted operators, side by side (arXiv 2506.05340 §3; spec §3).
import type { DeviceTensor, Program } from '../../engine/engine.ts';
import { graphMacs } from '../../graph/cost.ts';
import { known } from '../../lib/errors.ts';
import { f32, scalar } from '../../lib/tensor.ts';
import type { SlotId, Stage1Recipe } from '../../plan/plan.ts';
import { stepScalars } from '../adamw.ts';
import { diffusionBatches } from '../diffusionBatches.ts';
import type { GraftContext, TeacherOnDevice } from '../graft/context.ts';
import { cosine } from '../learningRate.ts';
import {
  distillStep,
  lossName,
  normName,
  type SlotVector,
  scalarName,
  slotVectors,
  stage1Optimizer,
  vectorName,
} from './distillStep.ts';
import type { HeldOut } from './heldOut.ts';
import type { InitialWeights } from './initialWeights.ts';
import { isFlat, maxSetbacks, newRecord, noteError, type SlotRecord } from './slotState.ts';
import type { SlotTask } from './slotTask.ts';

export interface Stage1Step {
  readonly losses: ReadonlyMap<SlotId, number>;
  /** Held-out errors where this step was followed by a measurement. */
  readonly errors: ReadonlyMap<SlotId, number>;
  readonly setBacks: readonly SlotSetBack[];
}

/** A slot whose step was not finite: it went back to its best weights. */
export interface SlotSetBack {
  readonly slot: SlotId;
  /** What was not finite first. */
  readonly cause: 'loss' | 'gradient';
  /** Step whose weights were restored. */
  readonly restoredStep: number;
  /** True when it was set back too often and trains no further. */
  readonly ended: boolean;
}

/** What a checkpoint holds of stage 1. */
export interface Stage1State {
  readonly step: number;
  readonly records: readonly SlotRecord[];
  /** `blocks.3.attn/parameters`, `…/m`, `…/v`, `…/best`. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

type Vectors = Record<SlotVector, DeviceTensor>;
const warmupSteps = 20;

export class Distiller {
  readonly #context: GraftContext;
  readonly #tasks: readonly SlotTask[];
  readonly #recipe: Stage1Recipe;
  readonly #teacher: TeacherOnDevice;
  readonly #heldOut: HeldOut;
  readonly #draw: ReturnType<typeof diffusionBatches>;
  readonly #records = new Map<SlotId, SlotRecord>();
  readonly #vectors = new Map<SlotId, Vectors>();
  readonly #best = new Map<SlotId, Float32Array>();
  /** The program of the slots that still train; it is made anew when one of them is done. */
  #program: { readonly key: string; readonly program: Program; readonly flops: number } | undefined;
  #step = 0;
  /** Training and measuring so far, in FLOP. */
  flops = 0;

  constructor(
    context: GraftContext,
    teacher: TeacherOnDevice,
    heldOut: HeldOut,
    tasks: readonly SlotTask[],
    recipe: Stage1Recipe,
    seed: number,
  ) {
    this.#context = context;
    this.#teacher = teacher;
    this.#heldOut = heldOut;
    this.#tasks = tasks;
    this.#recipe = recipe;
    this.#draw = diffusionBatches(context.data.stage1, context.frame.shape, {
      seed,
      purpose: 'stage1',
      batch: recipe.batch,
      timesteps: context.schedule.steps,
      labelDropout: 0.1,
    });
  }

  start(initial: ReadonlyMap<SlotId, InitialWeights>): void {
    for (const task of this.#tasks) {
      const own = known(initial.get(task.slot), task.slot);
      this.#records.set(task.slot, newRecord(task.slot, own));
      this.#best.set(task.slot, own.parameters);
      this.#load(task, own.parameters);
    }
  }

  restore(state: Stage1State): void {
    this.#step = state.step;
    for (const task of this.#tasks) {
      const record = known(
        state.records.find(({ slot }) => slot === task.slot),
        `record of ${task.slot}`,
      );
      const vector = (name: string) => known(state.vectors[`${task.slot}/${name}`], `${task.slot}/${name}`);
      this.#records.set(task.slot, { ...record, errors: [...record.errors] });
      this.#best.set(task.slot, vector('best'));
      this.#load(task, vector('parameters'), vector('m'), vector('v'));
    }
  }

  async state(): Promise<Stage1State> {
    const vectors: Record<string, Float32Array> = {};
    for (const [slot, own] of this.#vectors) {
      for (const name of slotVectors)
        vectors[`${slot}/${name}`] = Float32Array.from((await own[name].read()).data);
      vectors[`${slot}/best`] = known(this.#best.get(slot), slot);
    }
    return { step: this.#step, records: structuredClone(this.records), vectors };
  }

  get step(): number {
    return this.#step;
  }

  get records(): SlotRecord[] {
    return [...this.#records.values()];
  }

  get finished(): boolean {
    return this.#step >= this.#recipe.steps || this.records.every(({ state }) => state !== 'training');
  }

  /** Best weights of every slot by held-out error, flat. */
  get best(): ReadonlyMap<SlotId, Float32Array> {
    return this.#best;
  }

  /** One step of all slots that still train. */
  async run(): Promise<Stage1Step> {
    const active = this.#tasks.filter((task) => this.#records.get(task.slot)?.state === 'training');
    const { program, flops } = await this.#programOf(active);
    const feeds = { ...this.#teacher.feeds, ...this.#draw(this.#step), ...this.#slotFeeds(active) };
    const outputs = await program.run(feeds);
    this.flops += flops;
    const losses = new Map<SlotId, number>();
    const setBacks: SlotSetBack[] = [];
    for (const task of active) {
      const loss = await numberOf(outputs[lossName(task)]);
      const norm = await numberOf(outputs[normName(task)]);
      losses.set(task.slot, loss);
      const next = vectorsOf(task, (name) => known(outputs[name], name));
      if (Number.isFinite(loss) && Number.isFinite(norm)) {
        this.#replace(task.slot, next);
        const record = this.#record(task.slot);
        record.optimizerStep++;
        record.step++;
      } else {
        for (const vector of slotVectors) next[vector].dispose();
        setBacks.push(this.#setBack(task, Number.isFinite(loss) ? 'gradient' : 'loss'));
      }
    }
    this.#step++;
    const errors = this.#isMeasured() ? await this.#measure(active) : new Map<SlotId, number>();
    if (this.finished) this.#settle('done');
    return { losses, errors, setBacks };
  }

  /** Ends before its steps are done: what was learned since the last measurement is measured, and the best is kept. */
  async end(): Promise<void> {
    const active = this.#tasks.filter((task) => this.#record(task.slot).state === 'training');
    if (active.length > 0 && this.#step > 0 && !this.#isMeasured()) await this.#measure(active);
    this.#settle('kept');
  }

  async dispose(): Promise<void> {
    for (const own of this.#vectors.values()) for (const name of slotVectors) own[name].dispose();
    this.#vectors.clear();
    await this.#program?.program.dispose();
    this.#program = undefined;
  }

  #settle(state: 'done' | 'kept'): void {
    for (const record of this.records) if (record.state === 'training') record.state = state;
  }

  #record(slot: SlotId): SlotRecord {
    return known(this.#records.get(slot), slot);
  }

  #load(task: SlotTask, parameters: Float32Array, m?: Float32Array, v?: Float32Array): void {
    const { size } = task.layout;
    const upload = (data: Float32Array | undefined) =>
      this.#context.engine.upload(f32([size], data?.slice() ?? new Float32Array(size)));
    this.#replace(task.slot, { parameters: upload(parameters), m: upload(m), v: upload(v) });
  }

  #replace(slot: SlotId, next: Vectors): void {
    const old = this.#vectors.get(slot);
    if (old) for (const name of slotVectors) old[name].dispose();
    this.#vectors.set(slot, next);
  }

  /** Back to the best weights, with cleared moments and half the learning rate; too often, and the slot is left so. */
  #setBack(task: SlotTask, cause: SlotSetBack['cause']): SlotSetBack {
    const { slot } = task;
    const record = this.#record(slot);
    record.setbacks++;
    record.optimizerStep = 0;
    const ended = record.setbacks > maxSetbacks;
    if (ended) record.state = 'kept';
    this.#load(task, known(this.#best.get(slot), slot));
    return { slot, cause, restoredStep: record.bestStep, ended };
  }

  #slotFeeds(active: readonly SlotTask[]): Record<string, DeviceTensor | ReturnType<typeof scalar>> {
    const feeds: Record<string, DeviceTensor | ReturnType<typeof scalar>> = {};
    const { learningRate, steps } = this.#recipe;
    const rate = cosine(learningRate, learningRate / 50, warmupSteps, steps, this.#step);
    for (const task of active) {
      const record = this.#record(task.slot);
      const own = known(this.#vectors.get(task.slot), task.slot);
      for (const name of slotVectors) feeds[vectorName(task, name)] = own[name];
      const slowed = rate / 2 ** record.setbacks;
      const scalars = stepScalars(stage1Optimizer(this.#recipe), slowed, record.optimizerStep + 1);
      for (const [name, value] of Object.entries(scalars)) {
        feeds[scalarName(task, name as keyof typeof scalars)] = scalar(value);
      }
    }
    return feeds;
  }

  async #programOf(active: readonly SlotTask[]) {
    const key = active.map((task) => task.slot).join();
    if (this.#program?.key === key) return this.#program;
    await this.#program?.program.dispose();
    this.#program = undefined;
    const { frame, schedule, engine } = this.#context;
    const graph = distillStep(frame.shape, schedule, active, this.#recipe);
    this.#program = { key, program: await engine.compile(graph), flops: 2 * graphMacs(graph) };
    return this.#program;
  }

  #isMeasured(): boolean {
    const every = Math.max(5, Math.round(this.#recipe.steps / 20));
    return this.#step % every === 0 || this.#step >= this.#recipe.steps;
  }

  async #measure(active: readonly SlotTask[]): Promise<Map<SlotId, number>> {
    const measured = await this.#heldOut.measure((slot) => known(this.#vectors.get(slot), slot).parameters);
    this.flops += this.#heldOut.flops;
    const errors = new Map<SlotId, number>();
    for (const { slot } of active) {
      const error = known(measured.get(slot), slot);
      const record = this.#record(slot);
      errors.set(slot, error.relative);
      if (noteError(record, error, this.#step) === 'best') {
        const { data } = await known(this.#vectors.get(slot), slot).parameters.read();
        this.#best.set(slot, Float32Array.from(data));
      }
      if (this.#recipe.stopWhenFlat && record.state === 'training' && isFlat(record)) record.state = 'flat';
    }
    return errors;
  }
}

function vectorsOf(task: SlotTask, find: (name: string) => DeviceTensor): Vectors {
  return {
    parameters: find(vectorName(task, 'parameters')),
    m: find(vectorName(task, 'm')),
    v: find(vectorName(task, 'v')),
  };
}

async function numberOf(value: DeviceTensor | undefined): Promise<number> {
  const { data } = await known(value, 'scalar result').read();
  value?.dispose();
  return data[0] ?? Number.NaN;
}
