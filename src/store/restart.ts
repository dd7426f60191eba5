// After the trainer died: a new worker, the same document; the run's checkpoint is offered again.
import { startTrainer } from '../workers/trainerClient.ts';
import { connectTrainer, openModel } from './trainerSession.ts';

export async function restartTrainer(): Promise<void> {
  connectTrainer(startTrainer);
  await openModel({ kind: 'bundled' });
}
