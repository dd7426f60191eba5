// A DiT small enough for the reference engine and for software GPUs, with weights and batches that are drawn, not stored.

import { linearSchedule } from '../../diffusion/schedule.ts';
import type { Feeds } from '../../engine/engine.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, i32, sizeOf } from '../../lib/tensor.ts';
import { standardFrame } from '../../models/fixedTables.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import type { DitShape } from '../../models/shape.ts';
import { defaultAdamW } from '../../train/adamw.ts';
import { ditLoss, fixedFeeds } from '../../train/ditTraining.ts';
import { layoutOf } from '../../train/parameters.ts';
import type { TrainerState } from '../../train/trainer.ts';
import { buildTrainStep, type TrainStep } from '../../train/trainStep.ts';

export interface TrainingProblem {
  readonly step: TrainStep;
  readonly initial: TrainerState;
  /** Feeds of step i. */
  readonly feeds: (step: number) => Feeds;
}

export const smallDit: DitShape = {
  inputSize: 8,
  patchSize: 2,
  channels: 1,
  width: 32,
  depth: 2,
  heads: 2,
  mlpRatio: 2,
  classes: 3,
  learnSigma: true,
};

/**
 * A whole diffusion train step. Every weight is uniform in ±1/√inner (biases ±0.02), so that no gradient starts at zero
 * as it would with adaLN-Zero's initialisation.
 */
export function ditProblem(shape: DitShape, batch: number): TrainingProblem {
  const schedule = linearSchedule();
  const layout = layoutOf(parameterShapes(shape));
  const step = buildTrainStep({
    layout,
    loss: (weight) => ditLoss(shape, schedule, batch, weight),
    optimizer: defaultAdamW,
    clipNorm: 1,
    average: 'none',
  });
  const parameters = new Float32Array(layout.size);
  for (const entry of layout.entries) {
    const bound = entry.shape.length > 1 ? sizeOf(entry.shape.slice(1)) ** -0.5 : 0.02;
    const uniform = randomStream(1, 'checks', entry.name).uniform(0, entry.size);
    parameters.set(
      Float32Array.from(uniform, (u) => (2 * u - 1) * bound),
      entry.offset,
    );
  }
  const image = [batch, shape.channels, shape.inputSize, shape.inputSize];
  const fixed = fixedFeeds(standardFrame(shape), schedule.steps);
  const draw = (name: string, i: number) => randomStream(1, 'checks', name, i);
  return {
    step,
    initial: { step: 0, vectors: { parameters } },
    feeds: (i) => ({
      ...fixed,
      x0: f32(
        image,
        draw('x0', i)
          .uniform(0, sizeOf(image))
          .map((u) => 2 * u - 1),
      ),
      noise: f32(image, draw('noise', i).normal(new Float32Array(sizeOf(image)))),
      t: i32([batch], draw('t', i).integers(new Int32Array(batch), schedule.steps)),
      y: i32([batch], draw('y', i).integers(new Int32Array(batch), shape.classes)),
    }),
  };
}
