// Measures base and graft on the same seeds when the person asks for it.
import type { Plan } from '../../plan/plan.ts';
import type { TrainerReplies } from '../protocol.ts';
import type { Events } from './events.ts';
import type { GraftWeights } from './graftWeights.ts';
import type { Scores } from './scores.ts';
import { stoppable } from './stopped.ts';

export class Distances {
  readonly #scores: Scores;
  readonly #weights: GraftWeights;
  readonly #events: Events;
  #stop: (() => void) | undefined;

  constructor(scores: Scores, weights: GraftWeights, events: Events) {
    this.#scores = scores;
    this.#weights = weights;
    this.#events = events;
  }

  async measure(plan: Plan, samples: number): Promise<TrainerReplies['distance']> {
    this.#stop?.();
    const { signal, stop } = stoppable('The measurement of the distance');
    this.#stop = stop;
    const distance = async (of: Plan, name: string) => {
      const model = await this.#weights.of(of, signal);
      const value = await this.#scores.of({
        plan: of,
        model,
        samples,
        signal,
        onProgress: async (done) => {
          this.#events.status(`Scoring ${name}: ${done} of ${samples} images`, done / samples);
          return signal.aborted ? 'stop' : 'go';
        },
      });
      return { value, origin: model.origin };
    };
    try {
      const base = await distance({ ...plan, slots: {} }, 'the original');
      const graft = await distance(plan, 'the graft');
      return { base: base.value, graft: graft.value, samples, weights: graft.origin };
    } finally {
      if (this.#stop === stop) this.#stop = undefined;
    }
  }

  stop(): void {
    this.#stop?.();
  }
}
