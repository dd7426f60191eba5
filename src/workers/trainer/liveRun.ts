// One graft run from the worker's side: its hooks save it, hold it while it is paused, and let other jobs in between.
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunCheckpoint } from '../../train/graft/checkpoint.ts';
import type { RunHooks } from '../../train/graft/graftRun.ts';
import type { CurvePoint, Problem, RunProgress, RunState } from '../protocol.ts';
import type { Events } from './events.ts';
import { RunGate } from './runGate.ts';
import type { RunStore } from './runStore.ts';
import { Stopped } from './stopped.ts';
import type { Pace, Turns } from './turns.ts';

/** What a crash may cost at most, in ms: a checkpoint is due before the step that would exceed it. */
const mostLost = 30_000;

interface Wanted {
  resolve(checkpoint: RunCheckpoint | undefined): void;
}

export class LiveRun implements Omit<RunHooks, 'afterStage1'> {
  readonly hash: string;
  readonly gateway = new RunGate();
  readonly #runs: RunStore;
  readonly #turns: Turns;
  readonly #events: Events;
  readonly #wanted: Wanted[] = [];
  /** Who waits for the next checkpoint to be in storage. */
  #unsaved: (() => void)[] = [];
  #last: RunProgress | undefined;
  /** Reads the present state off the device; only between steps. */
  #make: (() => Promise<RunCheckpoint>) | undefined;
  #savedAt: number | null = null;
  /** Between two pieces of work, and waiting to go on. */
  #isResting = false;
  #scoringSince = 0;
  #saveStarted = Number.NEGATIVE_INFINITY;

  constructor(
    plan: Plan,
    parts: { readonly runs: RunStore; readonly turns: Turns; readonly events: Events },
  ) {
    this.hash = planHash(plan);
    this.#runs = parts.runs;
    this.#turns = parts.turns;
    this.#events = parts.events;
  }

  /** The run goes on from this checkpoint. */
  resumed({ savedAt }: RunCheckpoint): void {
    this.#savedAt = savedAt;
    this.#saveStarted = performance.now();
    this.gateway.saveNow = false;
  }

  /** Every piece of the run's own work begins with a gap: messages arrive, and others get their turn. */
  readonly pace: Pace = async (work) => {
    await this.#turns.gap();
    // There is no gate before the first step, and finding the start of every operator takes a while.
    if (this.#last?.phase === 'prepare' || this.#last?.phase === 'initialise') {
      await this.#rest();
      if (this.gateway.cancelled)
        throw new Stopped('The graft was cancelled before its first step; there is nothing to keep yet.');
    }
    return this.#turns.own(work);
  };

  progress(progress: RunProgress): void {
    this.#last = { ...progress, savedAt: this.#savedAt };
    // The end is told when the scores are there too.
    if (progress.phase !== 'done') this.#tell();
  }

  points(points: readonly CurvePoint[]): void {
    this.#events.points(this.hash, points);
  }

  problem(problem: Problem): void {
    // What was learned until here is kept, should the next steps fail for good.
    this.gateway.saveNow = true;
    this.#events.problem(problem);
  }

  async gate(): Promise<'go' | 'cancel'> {
    await this.#turns.gap();
    await this.#rest();
    return this.gateway.cancelled ? 'cancel' : 'go';
  }

  async checkpoint(reason: 'step' | 'phase', make: () => Promise<RunCheckpoint>): Promise<void> {
    this.#make = make;
    await this.#answerWanted();
    const oneStep = this.#last?.millisecondsPerStep ?? 0;
    const due = performance.now() - this.#saveStarted + oneStep >= mostLost;
    if (reason === 'phase' || due || this.gateway.saveNow) await this.#save();
  }

  /** The state between two steps: now while it is paused, else after the step that is going on. */
  snapshot(): Promise<RunCheckpoint | undefined> {
    // Before the first step there is nothing to show yet.
    if (!this.#make) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#wanted.push({ resolve });
      if (this.gateway.paused) this.gateway.flush();
    });
  }

  /** Between two pieces of work that are no steps, such as scoring: nobody is kept waiting for them. */
  async between(): Promise<'go' | 'cancel'> {
    const answer = await this.gate();
    await this.#answerWanted();
    if (this.gateway.saveNow) await this.#save();
    return answer;
  }

  /** Resolves when the present state is in storage; at once where there is none yet, or none any more. */
  flush(): Promise<void> {
    if (!this.#make) return Promise.resolve();
    return new Promise((resolve) => {
      this.#unsaved.push(resolve);
      this.gateway.flush();
    });
  }

  pause(): void {
    this.gateway.pause();
    this.#tell();
  }

  continue(): void {
    this.gateway.continue();
    this.#tell();
  }

  /** Progress of the scores, which are images and not steps. */
  scoring(done: number, all: number): void {
    if (!this.#last) return;
    if (done === 0) this.#scoringSince = performance.now();
    const secondsEach = (performance.now() - this.#scoringSince) / 1000 / Math.max(1, done);
    this.#last = {
      ...this.#last,
      phase: 'score',
      step: done,
      steps: all,
      millisecondsPerStep: null,
      etaSeconds: done === 0 ? null : secondsEach * (all - done),
    };
    this.#tell();
  }

  /** Training is over: nobody waits for its state any longer, and it cannot be read any more. */
  end(): void {
    this.#make = undefined;
    for (const { resolve } of this.#wanted.splice(0)) resolve(undefined);
    for (const resolve of this.#unsaved.splice(0)) resolve();
  }

  /** Rests while the run is paused; others may use the device freely meanwhile. */
  async #rest(): Promise<void> {
    this.#isResting = this.gateway.paused;
    if (this.#isResting) this.#tell();
    while (this.gateway.paused) {
      if (this.gateway.saveNow && this.#make) await this.#save();
      await this.#answerWanted();
      await this.#turns.rest(this.gateway.changed());
    }
    this.#isResting = false;
  }

  async #answerWanted(): Promise<void> {
    if (this.#wanted.length === 0 || !this.#make) return;
    const waiting = this.#wanted.splice(0);
    const state = await this.#make();
    for (const { resolve } of waiting) resolve(state);
  }

  async #save(): Promise<void> {
    if (!this.#make) return;
    this.gateway.saveNow = false;
    this.#saveStarted = performance.now();
    const state = await this.#make();
    await this.#runs.save(state);
    this.#savedAt = state.savedAt;
    if (this.#last) this.#last = { ...this.#last, savedAt: state.savedAt };
    for (const resolve of this.#unsaved.splice(0)) resolve();
    this.#tell();
  }

  get #state(): RunState {
    if (!this.gateway.paused) return 'running';
    return this.#isResting ? 'paused' : 'pausing';
  }

  #tell(): void {
    if (!this.#last) return;
    this.#events.progress({ ...this.#last, state: this.#state });
  }
}
