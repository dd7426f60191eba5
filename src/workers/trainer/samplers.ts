// Compiled denoising steps, kept for the next job: compiling one takes as long as several steps of it.
import type { Engine } from '../../engine/engine.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { DitFrame } from '../../models/fixedTables.ts';
import { graftsOf } from '../../models/pictures.ts';
import type { Plan } from '../../plan/plan.ts';
import { Sampler, type SamplerOptions } from '../../train/sampling.ts';

interface Kept {
  readonly sampler: Promise<Sampler>;
  users: number;
}

const mostKept = 4;

export class Samplers {
  readonly #engine: Engine;
  readonly #frame: DitFrame;
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>();

  constructor(engine: Engine, frame: DitFrame) {
    this.#engine = engine;
    this.#frame = frame;
  }

  /** Hands a sampler to `job` and keeps it from being thrown away meanwhile. */
  async use<T>(
    slots: Plan['slots'],
    options: SamplerOptions,
    job: (sampler: Sampler) => Promise<T>,
  ): Promise<T> {
    const kept = this.#get(slots, options);
    kept.users++;
    try {
      return await job(await kept.sampler);
    } finally {
      kept.users--;
      this.#discard();
    }
  }

  #get(slots: Plan['slots'], options: SamplerOptions): Kept {
    const key = canonicalJson({ operators: operatorsIn(slots), ...options });
    const found = this.#kept.get(key);
    if (found) {
      this.#kept.delete(key);
      this.#kept.set(key, found);
      return found;
    }
    const made = {
      sampler: Sampler.create(this.#engine, this.#frame, graftsOf({ slots }), options),
      users: 0,
    };
    made.sampler.catch(() => this.#kept.delete(key));
    this.#kept.set(key, made);
    return made;
  }

  #discard(): void {
    for (const [key, { sampler, users }] of this.#kept) {
      if (this.#kept.size <= mostKept) return;
      if (users > 0) continue;
      this.#kept.delete(key);
      sampler.then((unused) => unused.dispose()).catch(() => undefined);
    }
  }

  async dispose(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    for (const { sampler } of all) await sampler.then((unused) => unused.dispose()).catch(() => undefined);
  }
}

/** How an operator's weights start makes no other program. */
function operatorsIn(slots: Plan['slots']) {
  return Object.entries(slots).map(([slot, held]) => [slot, held?.operator, held?.config]);
}
