// FD (Fashion-MNIST CNN) of a model, measured on images from the same seeds for every model, and kept by what it belongs to.
import { graftsOf } from '../../models/pictures.ts';
import { sampleDefaults as settings } from '../../models/sampleDefaults.ts';
import type { Plan } from '../../plan/plan.ts';
import { ScoringStopped, scoreModel } from '../../train/scoring.ts';
import type { ModelWeights } from './graftWeights.ts';
import type { RunStore } from './runStore.ts';
import type { Session } from './session.ts';
import { Stopped } from './stopped.ts';

const batch = 16;

export interface ScoreJob {
  readonly plan: Pick<Plan, 'slots'>;
  readonly model: ModelWeights;
  readonly samples: number;
  readonly signal?: AbortSignal;
  /** Called between batches; `stop` ends the measurement. */
  readonly onProgress: (done: number) => Promise<'go' | 'stop'>;
}

export class Scores {
  readonly #session: Session;
  readonly #runs: RunStore;
  /** The scorer gathers one set of images at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: Session, runs: RunStore) {
    this.#session = session;
    this.#runs = runs;
  }

  /** @throws Stopped when it was stopped */
  async of(job: ScoreJob): Promise<number> {
    const name = cacheName(job.model, job.samples);
    const found = name === undefined ? undefined : await this.#runs.cached(name);
    if (typeof found === 'number' && Number.isFinite(found)) return found;
    const measured = this.#last.then(() => this.#measure(job));
    this.#last = measured.catch(() => undefined);
    const distance = await measured;
    if (name !== undefined) await this.#runs.cache(name, distance);
    return distance;
  }

  #measure({ plan, model, samples, signal, onProgress }: ScoreJob): Promise<number> {
    return this.#session.onDevice(async (device) => {
      const scorer = await device.scorer(() => this.#session.scorerFiles());
      signal?.throwIfAborted();
      const { frame } = this.#session.model.base;
      try {
        const request = { ...settings, samples, batch, onProgress };
        const engine = device.beside(signal);
        const { fd } = await scoreModel(engine, scorer, frame, graftsOf(plan), model.weights, request);
        return fd;
      } catch (error) {
        throw error instanceof ScoringStopped ? new Stopped('The measurement was stopped.') : error;
      }
    });
  }
}

function cacheName({ key }: ModelWeights, samples: number): string | undefined {
  const { guidance, steps, firstSeed } = settings;
  return key === undefined ? undefined : `fd-${guidance}-${steps}-${firstSeed}-${samples}-${key}`;
}
