// Measures base, graft and, where its weights are kept, the model after stage 1, on the same seeds, when a person asks.
import { graftedSlots } from '../../plan/edits.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Scoring, TrainerReplies } from '../protocol.ts';
import type { Events } from './events.ts';
import type { GraftWeights, ModelWeights } from './graftWeights.ts';
import type { RunStore } from './runStore.ts';
import type { Scores } from './scores.ts';
import { stoppable } from './stopped.ts';

export interface DistanceParts {
  readonly scores: Scores;
  readonly weights: GraftWeights;
  readonly runs: RunStore;
  readonly events: Events;
}

export class Distances {
  readonly #parts: DistanceParts;
  #stop: (() => void) | undefined;

  constructor(parts: DistanceParts) {
    this.#parts = parts;
  }

  async measure(plan: Plan, samples: number): Promise<TrainerReplies['distance']> {
    this.#stop?.();
    const { signal, stop } = stoppable('The measurement of the distance');
    this.#stop = stop;
    const { weights, scores, events } = this.#parts;
    const distance = (which: Scoring['of'], of: Plan, model: ModelWeights) =>
      scores.of({
        plan: of,
        model,
        samples,
        signal,
        onProgress: async (done) => {
          events.scoring({ of: which, done, samples });
          return signal.aborted ? 'stop' : 'go';
        },
      });
    try {
      const original = { ...plan, slots: {} };
      const base = await distance('base', original, await weights.of(original));
      const model = await weights.of(plan, signal);
      const graft = await distance('graft', plan, model);
      const stage1 = (await this.#keepsStage1(plan))
        ? await distance('stage1', plan, await weights.afterStage1(plan))
        : null;
      return { base, graft, stage1, samples, weights: model.origin, stage: model.stage };
    } finally {
      if (this.#stop === stop) this.#stop = undefined;
    }
  }

  stop(): void {
    this.#stop?.();
  }

  async #keepsStage1(plan: Plan): Promise<boolean> {
    if (graftedSlots(plan).length === 0) return false;
    const hash = planHash(plan);
    return (await this.#parts.runs.list()).some((run) => run.planHash === hash && run.keepsStage1);
  }
}
