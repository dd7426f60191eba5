// What the lenses of the canvas show beside costs: locality of the base's attention, error through depth, filters.
import { UserError } from '../../lib/errors.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan, SlotId } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import { probeAttention } from '../../train/lenses/attentionProbe.ts';
import { filterTaps } from '../../train/lenses/filterTaps.ts';
import { streamError } from '../../train/lenses/streamError.ts';
import type { TrainerReplies } from '../protocol.ts';
import type { Events } from './events.ts';
import type { GraftWeights } from './graftWeights.ts';
import type { Session } from './session.ts';

export class Lenses {
  readonly #session: Session;
  readonly #weights: GraftWeights;
  readonly #events: Events;
  /** The base does not change: its attention is measured once. */
  #locality: Promise<TrainerReplies['locality']> | undefined;

  constructor(session: Session, weights: GraftWeights, events: Events) {
    this.#session = session;
    this.#weights = weights;
    this.#events = events;
  }

  locality(): Promise<TrainerReplies['locality']> {
    if (!this.#locality) {
      this.#locality = this.#session.onDevice(async (device) => {
        const context = await this.#session.context(device.beside());
        return probeAttention(context, (done) =>
          this.#events.status('Measuring how local the attention is', done),
        );
      });
      this.#locality.catch(() => {
        this.#locality = undefined;
      });
    }
    return this.#locality;
  }

  async streamError(plan: Plan): Promise<TrainerReplies['streamError']> {
    const { weights, origin } = await this.#weights.of(plan);
    this.#events.status('Measuring the error through depth', null);
    const errors = await this.#session.onDevice(async (device) => {
      const context = await this.#session.context(device.beside());
      return streamError(context, plan, weights);
    });
    return {
      planHash: planHash(plan),
      blocks: errors.map(({ relative }) => relative),
      byTimestep: errors.map(({ byTimestep }) => byTimestep),
      weights: origin,
    };
  }

  async filters(plan: Plan, slot: SlotId): Promise<TrainerReplies['filters']> {
    if (!plan.slots[slot]) throw new UserError(`${slotLabel(slot)} holds the teacher, which has no filters.`);
    const { weights, origin } = await this.#weights.of(plan);
    return { slot, filters: filterTaps(slot, weights), weights: origin };
  }
}
