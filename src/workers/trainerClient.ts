// The page's end of the trainer protocol: numbered requests, their replies, events, and what to do when it dies.
import { UserError } from '../lib/errors.ts';
import type { FromWorker, ToWorker, TrainerEvent, TrainerReplies, TrainerRequest } from './protocol.ts';

export interface TrainerClient {
  ask<K extends TrainerRequest['kind']>(
    request: Extract<TrainerRequest, { readonly kind: K }>,
    transfer?: Transferable[],
  ): Promise<TrainerReplies[K]>;
  dispose(): void;
}

/** What the client needs of a worker; `Worker` fits. */
export interface TrainerPort {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

export interface TrainerListener {
  event(event: TrainerEvent): void;
  /** The worker is gone; every open request has failed with this sentence. */
  crashed(sentence: string): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Resolves when whoever holds the lock of this name is gone. */
export type WaitForEnd = (lock: string) => Promise<void>;

/** A worker that the browser ends, for want of memory or otherwise, sends no error; but it lets go of its lock. */
const lockIsFree: WaitForEnd = (lock) => navigator.locks.request(lock, () => undefined);

export function startTrainer(listener: TrainerListener): TrainerClient {
  const worker = new Worker(new URL('./trainer.worker.ts', import.meta.url), {
    type: 'module',
    name: 'trainer',
  });
  return trainerClient(worker, listener, lockIsFree);
}

export function trainerClient(
  port: TrainerPort,
  listener: TrainerListener,
  waitForEnd: WaitForEnd,
): TrainerClient {
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let gone: string | null = null;

  const fail = (reason: string) => {
    if (gone !== null) return;
    gone = reason;
    port.terminate();
    const open = [...waiting.values()];
    waiting.clear();
    for (const request of open) request.reject(new UserError(reason));
    listener.crashed(reason);
  };

  port.onmessage = ({ data }) => {
    if (data.type === 'event') {
      listener.event(data.event);
      return;
    }
    if (data.type === 'alive') {
      void waitForEnd(data.lock).then(() => fail('The browser ended the trainer. What was saved is safe.'));
      return;
    }
    const request = waiting.get(data.id);
    if (!request) return;
    waiting.delete(data.id);
    if (data.type === 'reply') request.resolve(data.value);
    else request.reject(new UserError(data.message, data.action === null ? {} : { action: data.action }));
  };
  port.onerror = (event) => {
    const detail = event.message ? ` (${event.message})` : '';
    fail(`The trainer stopped unexpectedly${detail}. What was saved is safe.`);
  };
  port.onmessageerror = () => fail('The trainer sent something unreadable. What was saved is safe.');

  return {
    ask(request, transfer = []) {
      if (gone !== null) return Promise.reject(new UserError(gone));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        // The protocol pairs the kinds of requests and replies, so that the value is what this request resolves to.
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        port.postMessage({ id, request }, transfer);
      });
    },
    dispose() {
      gone = 'The trainer was shut down.';
      port.terminate();
    },
  };
}
