// The line between a test and what answers a worker's requests: the client's part, without a worker in between.
import { UserError } from '../lib/errors.ts';
import type { FromAnyWorker } from './workerClient.ts';

export interface TestLine<Request, Event> {
  /** Every event so far. */
  readonly events: Event[];
  /** What the host posts its messages to. */
  post(message: FromAnyWorker<unknown, Event>): void;
  /** @throws a UserError that carries what the page would be told */
  ask(request: Request): Promise<unknown>;
  /** Resolves with the first event, old or new, that fits. */
  event(fits: (event: Event) => boolean): Promise<Event>;
}

/** @param receive gives the host a request; @param heard hears every event when it comes */
export function testLine<Request, Event>(
  receive: (message: { readonly id: number; readonly request: Request }) => unknown,
  heard: (event: Event) => void = () => undefined,
): TestLine<Request, Event> {
  const events: Event[] = [];
  const listeners = new Set<() => void>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  return {
    events,
    post(sent) {
      // As the browser does: what cannot be cloned fails here.
      const message = structuredClone(sent);
      if (message.type === 'event') {
        events.push(message.event);
        heard(message.event);
        for (const listener of [...listeners]) listener();
        return;
      }
      if (message.type === 'alive') return;
      const request = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.type === 'reply') request?.resolve(message.value);
      else request?.reject(new UserError(message.message, { action: message.action ?? 'none' }));
    },
    ask(request) {
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        void receive({ id, request });
      });
    },
    event(fits) {
      return new Promise((resolve) => {
        const look = () => {
          const found = events.find(fits);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      });
    },
  };
}
