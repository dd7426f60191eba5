// The border of the worker: what a message asks for, checked before anything is done about it.
import { UserError } from '../../lib/errors.ts';
import {
  type AdapterName,
  type DrawJob,
  type StartId,
  startIds,
  type TuneJob,
} from '../generatorProtocol.ts';

export const mostSteps = 400;
const longestPhrase = 200;

/** @param emoji how many there are */
export function checkedDraw(job: DrawJob, emoji: number): DrawJob {
  checkedAdapter(job.adapter);
  checkedEmoji(job.emoji, emoji);
  return job;
}

export function checkedTune(job: TuneJob, emoji: number): TuneJob {
  if (job.starts.length === 0) throw new UserError('A fine-tune begins from one start at least.');
  for (const start of job.starts) {
    checkedAdapter({ phrase: job.phrase, start, seed: job.seed, weights: 'start' });
  }
  checkedEmoji(job.emoji, emoji);
  if (isWhole(job.steps, 1, mostSteps)) return job;
  throw new UserError(`A fine-tune takes 1 to ${mostSteps} steps here, got ${job.steps}.`);
}

export function checkedAdapter(adapter: AdapterName): AdapterName {
  const { phrase, start, seed, weights } = adapter;
  if (typeof phrase !== 'string' || phrase.length > longestPhrase) {
    throw new UserError(`A phrase has at most ${longestPhrase} letters.`);
  }
  if (!isStart(start)) {
    throw new UserError(`There is no start "${String(start)}"; there are ${startIds.join(', ')}.`);
  }
  if (!isWhole(seed, 0, 2 ** 31 - 2)) {
    throw new UserError(`A seed is a whole number from 0 to ${2 ** 31 - 2}, got ${seed}.`);
  }
  if (weights === 'start' || weights === 'tuned') return adapter;
  throw new UserError('An adapter is taken as it starts or as it was tuned.');
}

function checkedEmoji(emoji: number, count: number): void {
  if (isWhole(emoji, 0, count - 1)) return;
  throw new UserError(`Emoji are numbered from 0 to ${count - 1}, got ${emoji}.`);
}

function isStart(value: unknown): value is StartId {
  return startIds.some((id) => id === value);
}

function isWhole(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}
