// Runs one graft at a time: refuses a second, resumes what was left, scores what came out, keeps the result.
import { known, sentence, UserError } from '../../lib/errors.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunCheckpoint } from '../../train/graft/checkpoint.ts';
import { type RunHooks, runGraft } from '../../train/graft/graftRun.ts';
import { weightDrift } from '../../train/lenses/weightDrift.ts';
import type { RunSummary, TrainerRequest } from '../protocol.ts';
import type { Events } from './events.ts';
import { type ModelWeights, pretrained } from './graftWeights.ts';
import { LiveRun } from './liveRun.ts';
import type { RunStore } from './runStore.ts';
import type { Scores } from './scores.ts';
import type { Session } from './session.ts';
import { stage1For } from './stage1For.ts';
import { Stopped, stoppable } from './stopped.ts';
import { paced, type Turns } from './turns.ts';

/**
 * Images behind the distances of a summary, as many for every model. On two cores they take a minute and a half; the
 * command line scores thousands, and after stage 1 too.
 */
const summarySamples = 256;

export interface RunHostParts {
  readonly session: Session;
  readonly runs: RunStore;
  readonly scores: Scores;
  readonly turns: Turns;
  readonly events: Events;
}

export type GraftJob = Omit<Extract<TrainerRequest, { readonly kind: 'graft' }>, 'kind'>;
type Distances = Pick<RunSummary, 'distanceBase' | 'distanceGraft' | 'distanceSamples'>;

export class RunHost {
  readonly #parts: RunHostParts;
  #run: LiveRun | undefined;
  #stopScoring: (() => void) | undefined;

  constructor(parts: RunHostParts) {
    this.#parts = parts;
  }

  get active(): boolean {
    return this.#run !== undefined;
  }

  async graft({ plan, resume, from }: GraftJob): Promise<RunSummary> {
    if (this.#run) {
      throw new UserError('A graft is already running; pause or cancel it before another one starts.');
    }
    if (Object.keys(plan.slots).length === 0) {
      throw new UserError('This plan changes nothing; drop an operator on a slot of the model first.');
    }
    const { runs, turns, events } = this.#parts;
    // The run exists from here on, so that a second one is refused while this one still loads.
    const run = new LiveRun(plan, { runs, turns, events });
    this.#run = run;
    try {
      const saved = resume ? await this.#saved(plan, from) : undefined;
      return await this.#complete(run, plan, saved);
    } finally {
      run.end();
      turns.release();
      this.#run = undefined;
      this.#stopScoring = undefined;
      events.flush();
    }
  }

  pause(): void {
    this.#run?.pause();
  }

  continue(): void {
    this.#run?.continue();
  }

  cancel(): void {
    this.#run?.gateway.cancel();
    this.#stopScoring?.();
  }

  async flush(): Promise<void> {
    await this.#run?.flush();
  }

  async snapshot(hash: string): Promise<RunCheckpoint | undefined> {
    return this.#run?.hash === hash ? this.#run.snapshot() : undefined;
  }

  isRunning(hash: string): boolean {
    return this.#run?.hash === hash;
  }

  /** The checkpoint to go on from: the plan's own, or stage 1 of a plan that differs only in stage 2. */
  async #saved(plan: Plan, from = planHash(plan)): Promise<RunCheckpoint | undefined> {
    const { runs } = this.#parts;
    const found =
      (await runs.unfinished(from)) ?? (from === planHash(plan) ? undefined : await runs.result(from));
    return found && from !== planHash(plan) ? stage1For(plan, found) : found;
  }

  async #complete(run: LiveRun, plan: Plan, saved: RunCheckpoint | undefined): Promise<RunSummary> {
    const { session, runs, turns, events } = this.#parts;
    if (saved) run.resumed(saved);
    const hooks: RunHooks = {
      progress: (progress) => run.progress(progress),
      points: (points) => run.points(points),
      problem: (problem) => run.problem(problem),
      gate: () => run.gate(),
      checkpoint: (reason, make) => run.checkpoint(reason, make),
    };
    const { checkpoint, weights } = await session.onDevice(async (device) => {
      const context = await session.context(paced(device.started.engine, run.pace));
      turns.take();
      return runGraft(context, plan, hooks, saved);
    });
    run.end();
    turns.release();
    // Saved before it is scored: scoring takes a while, and the result is there.
    await runs.save(checkpoint);
    const { base } = session.model;
    const summary: RunSummary = {
      ...known(checkpoint.summary, 'summary'),
      ...(await this.#distances(run, plan, weights)),
      savedAt: checkpoint.savedAt,
      drift: weightDrift(base.frame.shape, plan, base.weights, weights),
    };
    await runs.save({ ...checkpoint, summary });
    events.flush();
    events.progress(summary);
    return summary;
  }

  async #distances(run: LiveRun, plan: Plan, weights: ModelWeights['weights']): Promise<Distances> {
    const none = { distanceBase: null, distanceGraft: null };
    if (run.gateway.cancelled) return none;
    const original = pretrained(this.#parts.session.model.base.weights);
    const distanceBase = await this.#score(run, { ...plan, slots: {} }, original);
    if (distanceBase === null) return none;
    const graft = { weights, origin: 'trained', stage: null, key: undefined } as const;
    const distanceGraft = await this.#score(run, plan, graft);
    return { distanceBase, distanceGraft, distanceSamples: summarySamples };
  }

  /** The distance, or null where it was stopped or cannot be measured: the run is worth the same without it. */
  async #score(run: LiveRun, plan: Plan, model: ModelWeights): Promise<number | null> {
    const { signal, stop } = stoppable('The measurement');
    this.#stopScoring = stop;
    run.scoring(0, summarySamples);
    try {
      return await this.#parts.scores.of({
        plan,
        model,
        samples: summarySamples,
        signal,
        onProgress: async (done) => {
          run.scoring(done, summarySamples);
          return (await run.between()) === 'go' ? 'go' : 'stop';
        },
      });
    } catch (error) {
      if (error instanceof Stopped) return null;
      this.#parts.events.problem({
        id: 'score',
        severity: 'warning',
        text: `The distance could not be measured: ${sentence(error)}`,
        slot: null,
        action: null,
      });
      return null;
    } finally {
      this.#stopScoring = undefined;
    }
  }
}
