// The one line to the generator worker: started when styles are first opened, and again when it dies.
import { UserError } from '../../lib/errors.ts';
import {
  type GeneratorClient,
  type GeneratorListener,
  startGenerator,
} from '../../workers/generatorClient.ts';
import type { GeneratorReplies, GeneratorRequest } from '../../workers/generatorProtocol.ts';

/** In the product the worker, in tests whatever speaks the protocol. */
export type StartGenerator = (listener: GeneratorListener) => GeneratorClient;

let start: StartGenerator = startGenerator;
let client: GeneratorClient | null = null;

/** For tests; what was connected before is shut down. */
export function setGenerator(other: StartGenerator): void {
  disconnect();
  start = other;
}

export function connect(listener: GeneratorListener): void {
  client ??= start(listener);
}

export function disconnect(): void {
  client?.dispose();
  client = null;
}

export function askGenerator<K extends GeneratorRequest['kind']>(
  request: Extract<GeneratorRequest, { readonly kind: K }>,
): Promise<GeneratorReplies[K]> {
  if (client) return client.ask(request);
  return Promise.reject(new UserError('The weight generator has not started yet; open Styles again.'));
}
