// The one line to the trainer: whoever asks it for something asks here.
import { UserError } from '../../lib/errors.ts';
import type { TrainerReplies, TrainerRequest } from '../../workers/protocol.ts';
import type { TrainerClient } from '../../workers/trainerClient.ts';

let client: TrainerClient | null = null;

export function setClient(next: TrainerClient): void {
  client?.dispose();
  client = next;
}

export function isConnected(): boolean {
  return client !== null;
}

export function askTrainer<K extends TrainerRequest['kind']>(
  request: Extract<TrainerRequest, { readonly kind: K }>,
): Promise<TrainerReplies[K]> {
  if (client) return client.ask(request);
  return Promise.reject(new UserError('The trainer has not started yet; wait a moment and try again.'));
}
