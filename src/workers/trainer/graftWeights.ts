// Which weights a grafted model is drawn, scored and exported with: trained ones where a run left them.

import { known, UserError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { DitShape } from '../../models/shape.ts';
import { slotEntries } from '../../plan/edits.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { startWithoutData } from '../../train/exporting/stored/startWithoutData.ts';
import { bestWeights, stage1Weights, withStudents } from '../../train/graft/bestWeights.ts';
import type { RunCheckpoint } from '../../train/graft/checkpoint.ts';
import { uploadTeacher } from '../../train/graft/context.ts';
import { HeldOut } from '../../train/stage1/heldOut.ts';
import { initialWeights } from '../../train/stage1/initialWeights.ts';
import { slotTasks } from '../../train/stage1/slotTask.ts';
import type { WeightsOrigin, WeightsStage } from '../protocol.ts';
import type { Events } from './events.ts';
import { fitsBundledData } from './limits.ts';
import type { RunStore } from './runStore.ts';
import type { Session } from './session.ts';

export interface ModelWeights {
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly origin: WeightsOrigin;
  /** Null for the base, and where a file brought the weights. */
  readonly stage: WeightsStage | null;
  /** Names exactly these weights, for what is computed from them; absent while they still change. */
  readonly key: string | undefined;
}

/** A run that may be going on. */
export interface LiveRun {
  /** Its state between two steps, or undefined where no run of this plan is that far. */
  snapshot(hash: string): Promise<RunCheckpoint | undefined>;
}

const mostKept = 3;

export class GraftWeights {
  readonly #session: Session;
  readonly #runs: RunStore;
  readonly #live: LiveRun;
  readonly #events: Events;
  /** Untrained weights by operators and seed: measuring them takes a while. */
  readonly #untrained = new Map<string, Promise<ModelWeights>>();

  constructor(session: Session, runs: RunStore, live: LiveRun, events: Events) {
    this.#session = session;
    this.#runs = runs;
    this.#live = live;
    this.#events = events;
  }

  async of(plan: Plan, signal?: AbortSignal): Promise<ModelWeights> {
    const { weights, frame } = this.#session.model.base;
    if (Object.keys(plan.slots).length === 0) return pretrained(weights);
    const hash = planHash(plan);
    const result = await this.#runs.result(hash);
    if (result) {
      const key = `${hash}-${result.savedAt}`;
      const stage = stageOf(result);
      return { weights: bestWeights(frame.shape, weights, result), origin: 'trained', stage, key };
    }
    const unfinished = (await this.#live.snapshot(hash)) ?? (await this.#runs.unfinished(hash));
    if (unfinished) {
      const best = bestWeights(frame.shape, weights, unfinished);
      return { weights: best, origin: 'unfinished', stage: stageOf(unfinished), key: undefined };
    }
    return this.start(plan, signal);
  }

  /** @throws UserError where no run of this plan kept what stage 1 left */
  async afterStage1(plan: Plan): Promise<ModelWeights> {
    const { weights, frame } = this.#session.model.base;
    const hash = planHash(plan);
    const result = await this.#runs.result(hash);
    const run = result ?? (await this.#live.snapshot(hash)) ?? (await this.#runs.unfinished(hash));
    const students = run && stage1Weights(frame.shape, weights, run);
    if (!students) {
      throw new UserError(
        'No weights from after stage 1 are kept for this plan; graft it again to keep them beside the result.',
      );
    }
    const key = result && `${hash}-stage1-${result.savedAt}`;
    return {
      weights: students,
      origin: result ? 'trained' : 'unfinished',
      stage: distilled(run.stage1),
      key,
    };
  }

  /** The weights that stage 1 would start from, whether or not the plan has been trained. */
  start(plan: Plan, signal?: AbortSignal): Promise<ModelWeights> {
    const key = canonicalJson({ slots: plan.slots, seed: plan.seed });
    const found = this.#untrained.get(key);
    if (found) return found;
    const made = this.#measureStart(plan, signal);
    this.#untrained.set(key, made);
    made.catch(() => this.#untrained.delete(key));
    for (const old of this.#untrained.keys()) {
      if (this.#untrained.size > mostKept) this.#untrained.delete(old);
    }
    return made;
  }

  /** Weights as stage 1 would start from: every initialisation that applies is tried, and the best kept. */
  async #measureStart(plan: Plan, signal: AbortSignal | undefined): Promise<ModelWeights> {
    const count = Object.keys(plan.slots).length;
    this.#events.status(
      `Starting ${count} untrained operator${count > 1 ? 's' : ''} from the original`,
      null,
    );
    const { frame, weights: base } = this.#session.model.base;
    if (!fitsBundledData(frame.shape)) return startUnmeasured(frame.shape, plan, base);
    return this.#session.onDevice(async (device) => {
      const context = await this.#session.context(device.beside(signal));
      const tasks = slotTasks(context.frame.shape, plan);
      const teacher = uploadTeacher(context);
      const heldOut = await HeldOut.create(context, teacher, tasks);
      try {
        const initial = await initialWeights(context, teacher, tasks, heldOut, plan.seed);
        const weights = withStudents(context.teacher, tasks, (slot) => initial.get(slot)?.parameters);
        return { weights, origin: 'untrained', stage: { stage: 'start', step: 0 }, key: undefined };
      } finally {
        teacher.dispose();
        await heldOut.dispose();
      }
    });
  }
}

/** Without images that the model draws, no start can be measured: operators inherit where they can. */
async function startUnmeasured(
  shape: DitShape,
  plan: Plan,
  base: ModelWeights['weights'],
): Promise<ModelWeights> {
  const slots = slotEntries(plan).map(([slot]) => slot);
  const replaced = (name: string) => slots.some((slot) => name.startsWith(`${slot}.`));
  const weights = Object.fromEntries(Object.entries(base).filter(([name]) => !replaced(name)));
  for (const slot of slots) {
    const start = await startWithoutData(shape, plan, slot, async (name) => known(base[name], name));
    for (const [name, tensor] of Object.entries(start.weights)) weights[`${slot}.${name}`] = tensor;
  }
  return { weights, origin: 'untrained', stage: { stage: 'start', step: 0 }, key: undefined };
}

export function pretrained(weights: ModelWeights['weights']): ModelWeights {
  return { weights, origin: 'pretrained', stage: null, key: 'base' };
}

/** Which stage the best weights of a run are of: stage 2 only where it lowered the held-out loss. */
function stageOf({ stage1, stage2, summary, points }: RunCheckpoint): WeightsStage | null {
  if (points.length === 0) return null; // A file brought the weights.
  const record = stage2?.record;
  const before = record ? record.initialHeldOut : (summary?.heldOutLoss.afterStage1 ?? null);
  const best = record ? record.bestHeldOut : (summary?.heldOutLoss.best ?? null);
  if (before === null || best === null || best >= before) return distilled(stage1);
  const found = points.findLast(({ series, error }) => series === 'stage2' && error === best);
  return { stage: 'stage2', step: found?.step ?? null };
}

/** Stage 1 measures as it goes and keeps the best, which may be the start itself. */
function distilled({ records }: RunCheckpoint['stage1']): WeightsStage {
  const step = Math.max(0, ...records.map(({ bestStep }) => bestStep));
  return { stage: step === 0 ? 'start' : 'stage1', step };
}
