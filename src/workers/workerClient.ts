// The page's end of any worker's protocol: numbered requests, their replies, events, and what to do when it dies.
import { UserError } from '../lib/errors.ts';

/** What a worker posts, whatever its requests and events are. */
export type FromAnyWorker<Value, Event> =
  /** The worker holds the lock of this name as long as it lives. */
  | { readonly type: 'alive'; readonly lock: string }
  | { readonly type: 'reply'; readonly id: number; readonly value: Value }
  | {
      readonly type: 'failure';
      readonly id: number;
      readonly message: string;
      readonly action: string | null;
    }
  | { readonly type: 'event'; readonly event: Event };

/** What the client needs of a worker; `Worker` fits. */
export interface WorkerPort<Request, Value, Event> {
  postMessage(message: { readonly id: number; readonly request: Request }, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromAnyWorker<Value, Event>>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

export interface WorkerListener<Event> {
  event(event: Event): void;
  /** The worker is gone; every open request has failed with this sentence. */
  crashed(sentence: string): void;
}

export interface WorkerWords {
  /** As in "The trainer stopped". */
  readonly who: string;
  /** What the end of it means for the work. */
  readonly consequence: string;
}

export interface WorkerClient<Request> {
  ask(request: Request, transfer?: Transferable[]): Promise<unknown>;
  dispose(): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Resolves when whoever holds the lock of this name is gone. */
export type WaitForEnd = (lock: string) => Promise<void>;

/** A worker that the browser ends, for want of memory or otherwise, sends no error; but it lets go of its lock. */
export const lockIsFree: WaitForEnd = (lock) => navigator.locks.request(lock, () => undefined);

export function workerClient<Request, Value, Event>(
  port: WorkerPort<Request, Value, Event>,
  listener: WorkerListener<Event>,
  { who, consequence }: WorkerWords,
  waitForEnd: WaitForEnd,
): WorkerClient<Request> {
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
      void waitForEnd(data.lock).then(() => fail(`The browser ended the ${who}. ${consequence}`));
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
    fail(`The ${who} stopped unexpectedly${detail}. ${consequence}`);
  };
  port.onmessageerror = () => fail(`The ${who} sent something unreadable. ${consequence}`);

  return {
    ask(request, transfer = []) {
      if (gone !== null) return Promise.reject(new UserError(gone));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        port.postMessage({ id, request }, transfer);
      });
    },
    dispose() {
      gone = `The ${who} was shut down.`;
      port.terminate();
    },
  };
}
