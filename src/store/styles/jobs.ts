// What jobs of the generator worker share: their numbers, the adapter that is on show, and who stopped them.
import { UserError } from '../../lib/errors.ts';
import type { AdapterName, StartId } from '../../workers/generatorProtocol.ts';
import type { StyleWish } from './stylesStore.ts';

let jobs = 0;

export function nextJob(kind: 'draw' | 'tune'): string {
  jobs++;
  return `${kind}-${jobs}`;
}

export function adapterName({ phrase, seed }: StyleWish, start: StartId): AdapterName {
  return { phrase, start, seed, weights: 'start' };
}

/** The person stopped it: nothing failed. */
export function isStopped(error: unknown): boolean {
  return error instanceof UserError && error.action === 'stopped';
}
