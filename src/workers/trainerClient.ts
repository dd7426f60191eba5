// The page's end of the trainer protocol.
import type { TrainerEvent, TrainerReplies, TrainerRequest } from './protocol.ts';
import {
  lockIsFree,
  type WaitForEnd,
  type WorkerListener,
  type WorkerPort,
  workerClient,
} from './workerClient.ts';

export interface TrainerClient {
  ask<K extends TrainerRequest['kind']>(
    request: Extract<TrainerRequest, { readonly kind: K }>,
    transfer?: Transferable[],
  ): Promise<TrainerReplies[K]>;
  dispose(): void;
}

export type TrainerPort = WorkerPort<TrainerRequest, TrainerReplies[TrainerRequest['kind']], TrainerEvent>;
export type TrainerListener = WorkerListener<TrainerEvent>;

const words = { who: 'trainer', consequence: 'What was saved is safe.' };

export function startTrainer(listener: TrainerListener): TrainerClient {
  const worker = new Worker(new URL('./trainer.worker.ts', import.meta.url), {
    type: 'module',
    name: 'trainer',
  });
  return trainerClient(worker, listener, lockIsFree);
}

/** The protocol pairs the kinds of requests and replies, which the one line to a worker does not know. */
export function trainerClient(
  port: TrainerPort,
  listener: TrainerListener,
  waitForEnd: WaitForEnd,
): TrainerClient {
  return workerClient(port, listener, words, waitForEnd) as TrainerClient;
}
