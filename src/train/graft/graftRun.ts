// The whole job: initialise, distill (stage 1), fine-tune (stage 2). It can be paused, cancelled and resumed; what it
// learned so far is never lost.
import { graphMacs } from '../../graph/cost.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { forwardGraph } from '../../models/cost.ts';
import { graftsOf } from '../../models/pictures.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { Distiller } from '../stage1/distiller.ts';
import { HeldOut } from '../stage1/heldOut.ts';
import { initialWeights } from '../stage1/initialWeights.ts';
import { progressOf } from '../stage1/slotState.ts';
import { type SlotTask, slotTasks } from '../stage1/slotTask.ts';
import { Finetuner, type Stage2State } from '../stage2/finetuner.ts';
import { withStudents } from './bestWeights.ts';
import type { RunCheckpoint } from './checkpoint.ts';
import { type GraftContext, type TeacherOnDevice, uploadTeacher } from './context.ts';
import type { CurvePoint, Problem, RunPhase, RunProgress, RunState, RunSummary } from './progress.ts';
import { stage1SetBackProblem, stage2SetBackProblem } from './setBackProblem.ts';
import { StepClock } from './stepClock.ts';

export interface RunHooks {
  progress(progress: RunProgress): void;
  points(points: readonly CurvePoint[]): void;
  problem(problem: Problem): void;
  /** Called between steps; resolves at once, or when a pause ends. */
  gate(): Promise<'go' | 'cancel'>;
  /** Called when a checkpoint is due; `make` reads the state off the device. */
  checkpoint(reason: 'step' | 'phase', make: () => Promise<RunCheckpoint>): Promise<void>;
  /** Called once stage 1 is over, with the model as it then is, before stage 2 begins. */
  afterStage1?(weights: Readonly<Record<string, Tensor>>): Promise<void>;
}

export interface RunResult {
  readonly checkpoint: RunCheckpoint;
  /** The grafted model, all tensors by checkpoint name. */
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** @param saved a checkpoint of the same plan, to go on from */
export async function runGraft(
  context: GraftContext,
  plan: Plan,
  hooks: RunHooks,
  saved?: RunCheckpoint,
): Promise<RunResult> {
  const run = new GraftRun(context, plan, hooks, saved);
  try {
    return await run.all();
  } finally {
    await run.dispose();
  }
}

class GraftRun {
  readonly #context: GraftContext;
  readonly #plan: Plan;
  readonly #hooks: RunHooks;
  readonly #saved: RunCheckpoint | undefined;
  readonly #tasks: readonly SlotTask[];
  readonly #points: CurvePoint[];
  readonly #clock = new StepClock();
  #teacher: TeacherOnDevice | undefined;
  #heldOut: HeldOut | undefined;
  #distiller: Distiller | undefined;
  #finetuner: Finetuner | undefined;
  #phase: RunPhase = 'prepare';
  #state: RunState = 'running';
  #savedAt: number | null;
  readonly #secondsBefore: number;
  readonly #flopsBefore: number;
  readonly #started = performance.now();

  constructor(context: GraftContext, plan: Plan, hooks: RunHooks, saved: RunCheckpoint | undefined) {
    this.#context = context;
    this.#plan = plan;
    this.#hooks = hooks;
    this.#saved = saved;
    this.#tasks = slotTasks(context.frame.shape, plan);
    this.#points = [...(saved?.points ?? [])];
    this.#savedAt = saved?.savedAt ?? null;
    this.#secondsBefore = saved?.seconds ?? 0;
    this.#flopsBefore = saved?.flops ?? 0;
  }

  async all(): Promise<RunResult> {
    const distiller = await this.#prepare();
    this.#enter('stage1');
    let cancelled = await this.#distill(distiller);
    const grafted = withStudents(this.#context.teacher, this.#tasks, (slot) => distiller.best.get(slot));
    if (!this.#saved?.stage2) {
      await this.#save('phase');
      await this.#hooks.afterStage1?.(grafted);
    }
    let weights = grafted;
    if (!cancelled && this.#plan.stage2.steps > 0) {
      cancelled = await this.#finetune(grafted);
      weights = known(this.#finetuner, 'stage 2').best();
    }
    this.#state = cancelled ? 'cancelled' : 'finished';
    this.#enter('done');
    const checkpoint = await this.#checkpoint(this.#changedTensors(weights));
    return { checkpoint, weights };
  }

  async #prepare(): Promise<Distiller> {
    this.#tell();
    const { seed, stage1 } = this.#plan;
    this.#teacher = uploadTeacher(this.#context);
    this.#heldOut = await HeldOut.create(this.#context, this.#teacher, this.#tasks);
    const distiller = new Distiller(this.#context, this.#teacher, this.#heldOut, this.#tasks, stage1, seed);
    this.#distiller = distiller;
    if (this.#saved) {
      distiller.restore(this.#saved.stage1);
    } else {
      this.#enter('initialise');
      distiller.start(await initialWeights(this.#context, this.#teacher, this.#tasks, this.#heldOut, seed));
      this.#note(
        distiller.records.map((record) => ({
          series: record.slot,
          step: 0,
          loss: Number.NaN,
          error: record.initial[record.chosen] ?? null,
        })),
      );
    }
    return distiller;
  }

  /** Answers whether the run was cancelled. */
  async #distill(distiller: Distiller): Promise<boolean> {
    while (!distiller.finished) {
      if ((await this.#hooks.gate()) === 'cancel') {
        await distiller.end();
        return true;
      }
      this.#clock.start();
      const result = await distiller.run();
      this.#clock.stop();
      this.#note(
        [...result.losses].map(([slot, loss]) => ({
          series: slot,
          step: distiller.step,
          loss,
          error: result.errors.get(slot) ?? null,
        })),
      );
      for (const setBack of result.setBacks)
        this.#hooks.problem(stage1SetBackProblem(setBack, distiller.step));
      this.#tell();
      await this.#save('step');
    }
    return false;
  }

  async #finetune(start: Readonly<Record<string, Tensor>>): Promise<boolean> {
    // The teacher's program and vectors are not needed any more.
    this.#teacher?.dispose();
    this.#teacher = undefined;
    await this.#distiller?.dispose();
    this.#clock.reset();
    const grafts = graftsOf(this.#plan);
    const saved: Stage2State | undefined = this.#saved?.stage2;
    const tuner = await Finetuner.create(this.#context, this.#plan, grafts, start, saved);
    this.#finetuner = tuner;
    this.#enter('stage2');
    await tuner.measureStart();
    while (!tuner.finished) {
      if ((await this.#hooks.gate()) === 'cancel') {
        await tuner.end();
        return true;
      }
      this.#clock.start();
      const { loss, heldOut, setBack } = await tuner.run();
      this.#clock.stop();
      this.#note([{ series: 'stage2', step: tuner.step, loss, error: heldOut }]);
      if (setBack) this.#hooks.problem(stage2SetBackProblem(setBack, tuner.step + 1));
      this.#tell();
      await this.#save('step');
    }
    return false;
  }

  #changedTensors(weights: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    return Object.fromEntries(
      Object.entries(weights).filter(([name, tensor]) => this.#context.teacher[name] !== tensor),
    );
  }

  #enter(phase: RunPhase): void {
    this.#phase = phase;
    this.#tell();
  }

  #note(points: readonly CurvePoint[]): void {
    this.#points.push(...points);
    this.#hooks.points(points);
  }

  #tell(): void {
    this.#hooks.progress(this.#progress());
  }

  #flops(): number {
    return this.#flopsBefore + (this.#distiller?.flops ?? 0) + (this.#finetuner?.flops ?? 0);
  }

  #seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#started) / 1000;
  }

  #progress(): RunProgress {
    const inStage2 = this.#finetuner !== undefined;
    const step = this.#finetuner?.step ?? this.#distiller?.step ?? 0;
    const steps = inStage2 ? this.#plan.stage2.steps : this.#plan.stage1.steps;
    const perStep = this.#clock.milliseconds;
    const flops = this.#flops();
    const { pretrainingFlops } = this.#context;
    return {
      planHash: planHash(this.#plan),
      phase: this.#phase,
      state: this.#state,
      step,
      steps,
      slots: this.#distiller?.records.map(progressOf) ?? [],
      millisecondsPerStep: perStep,
      etaSeconds: perStep === null ? null : (perStep * this.#stepsLeft(step, steps, inStage2)) / 1000,
      flops,
      flopsShare: pretrainingFlops === null ? null : flops / pretrainingFlops,
      savedAt: this.#savedAt,
    };
  }

  /** Steps left, those of stage 2 weighed by how much more one of them computes. */
  #stepsLeft(step: number, steps: number, inStage2: boolean): number {
    if (inStage2 || this.#phase === 'done') return steps - step;
    const { shape } = this.#context.frame;
    const forward = graphMacs(forwardGraph(shape));
    const distillShare = (this.#distiller?.flops ?? 0) / Math.max(1, step) / 2;
    const tuneMacs = 3 * forward * this.#plan.stage2.batch;
    const ratio = distillShare > 0 ? tuneMacs / distillShare : 1;
    return steps - step + ratio * this.#plan.stage2.steps;
  }

  async #save(reason: 'step' | 'phase'): Promise<void> {
    await this.#hooks.checkpoint(reason, async () => {
      this.#savedAt = Date.now();
      return this.#checkpoint(undefined);
    });
  }

  async #checkpoint(result: Record<string, Tensor> | undefined): Promise<RunCheckpoint> {
    const distiller = known(this.#distiller, 'stage 1');
    const seconds = this.#seconds();
    const summary: RunSummary | undefined = result && {
      ...this.#progress(),
      distanceBase: null,
      distanceStage1: null,
      distanceGraft: null,
      heldOutLoss: {
        afterStage1: this.#finetuner?.record.initialHeldOut ?? null,
        best: this.#finetuner?.record.bestHeldOut ?? null,
      },
      seconds,
    };
    return {
      plan: this.#plan,
      stage1: await this.#stage1State(distiller),
      stage2: result ? undefined : await this.#finetuner?.state(),
      points: this.#points,
      seconds,
      flops: this.#flops(),
      summary,
      result,
      savedAt: Date.now(),
    };
  }

  /** Once stage 2 runs, stage 1 needs no moments any more: its best weights and records are kept. */
  async #stage1State(distiller: Distiller): Promise<RunCheckpoint['stage1']> {
    if (!this.#finetuner) return distiller.state();
    const vectors: Record<string, Float32Array> = {};
    for (const [slot, best] of distiller.best) {
      for (const name of ['parameters', 'm', 'v', 'best']) {
        vectors[`${slot}/${name}`] =
          name === 'best' || name === 'parameters' ? best : new Float32Array(best.length);
      }
    }
    return { step: distiller.step, records: structuredClone(distiller.records), vectors };
  }

  async dispose(): Promise<void> {
    this.#teacher?.dispose();
    await this.#distiller?.dispose();
    await this.#heldOut?.dispose();
    await this.#finetuner?.dispose();
  }
}
