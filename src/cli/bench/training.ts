// Scion's side of the benchmark: the train step on one engine, with a batch that was drawn beforehand.
import type { Engine } from '../../engine/engine.ts';
import { known } from '../../lib/errors.ts';
import { Trainer } from '../../train/trainer.ts';
import type { Opened, Steps } from './contestant.ts';
import { benchProblem } from './workload.ts';

export interface Training {
  readonly opened: Opened;
  steps(count: number): Promise<Steps>;
}

export async function startTraining(startEngine: () => Promise<Engine>, batch: number): Promise<Training> {
  const problem = benchProblem(batch);
  const feeds = problem.feeds(0);
  const start = performance.now();
  const engine = await startEngine();
  const trainer = await Trainer.create(engine, problem.step, problem.initial);
  const step = async () => {
    const { loss, extras } = await trainer.run(feeds, 1e-4);
    for (const extra of Object.values(extras)) extra.dispose();
    return loss;
  };
  await step();
  return {
    opened: { description: engine.description, firstStepMs: performance.now() - start },
    steps: (count) => timed(count, step),
  };
}

export async function timed(count: number, step: () => Promise<number>): Promise<Steps> {
  const ms: number[] = [];
  const losses: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    losses.push(await step());
    ms.push(performance.now() - start);
  }
  return { ms, loss: known(losses[0], 'loss') };
}
