// The losses of a training, for comparing engines: equal arithmetic gives equal losses up to rounding.
import type { Engine } from '../../engine/engine.ts';
import { Trainer } from '../../train/trainer.ts';
import type { TrainingProblem } from './smallDit.ts';

/** Loss of every step. */
export async function losses(engine: Engine, problem: TrainingProblem, steps: number): Promise<number[]> {
  const trainer = await Trainer.create(engine, problem.step, problem.initial);
  const all: number[] = [];
  for (let i = 0; i < steps; i++) all.push(await oneStep(trainer, problem, i));
  await trainer.dispose();
  return all;
}

/** One step with its extras disposed of; the loss. */
export async function oneStep(trainer: Trainer, problem: TrainingProblem, i: number): Promise<number> {
  const { loss, extras } = await trainer.run(problem.feeds(i), 1e-3);
  for (const extra of Object.values(extras)) extra.dispose();
  return loss;
}

/** Largest |a − b| / |b| over two trajectories of one length. */
export function largestRelativeGap(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  const gaps = a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN)) / Math.abs(b[i] ?? 1));
  return gaps.some(Number.isNaN) ? Infinity : Math.max(0, ...gaps);
}
