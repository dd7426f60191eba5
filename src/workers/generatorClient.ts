// The page's end of the generator protocol.
import type { GeneratorEvent, GeneratorReplies, GeneratorRequest } from './generatorProtocol.ts';
import {
  lockIsFree,
  type WaitForEnd,
  type WorkerListener,
  type WorkerPort,
  workerClient,
} from './workerClient.ts';

export interface GeneratorClient {
  ask<K extends GeneratorRequest['kind']>(
    request: Extract<GeneratorRequest, { readonly kind: K }>,
  ): Promise<GeneratorReplies[K]>;
  dispose(): void;
}

export type GeneratorPort = WorkerPort<
  GeneratorRequest,
  GeneratorReplies[GeneratorRequest['kind']],
  GeneratorEvent
>;
export type GeneratorListener = WorkerListener<GeneratorEvent>;

const words = { who: 'weight generator', consequence: 'Your plan is not concerned.' };

export function startGenerator(listener: GeneratorListener): GeneratorClient {
  const worker = new Worker(new URL('./generator.worker.ts', import.meta.url), {
    type: 'module',
    name: 'generator',
  });
  return generatorClient(worker, listener, lockIsFree);
}

/** The protocol pairs the kinds of requests and replies, which the one line to a worker does not know. */
export function generatorClient(
  port: GeneratorPort,
  listener: GeneratorListener,
  waitForEnd: WaitForEnd,
): GeneratorClient {
  return workerClient(port, listener, words, waitForEnd) as GeneratorClient;
}
