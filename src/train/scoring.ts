// Scores a model by the images it draws: FD (Fashion-MNIST CNN) and the share of images of their intended class.
import type { Engine } from '../engine/engine.ts';
import { f32, type Tensor } from '../lib/tensor.ts';
import type { ImageScorer, ImageScores } from '../metrics/imageScores.ts';
import type { SlotOperators } from '../models/dit.ts';
import type { DitFrame } from '../models/fixedTables.ts';
import { parameterShapes } from '../models/parameterShapes.ts';
import { layoutOf, pack } from './parameters.ts';
import { Sampler } from './sampling.ts';

export interface ScoreRequest {
  readonly samples: number;
  readonly guidance: number;
  readonly steps: number;
  readonly batch: number;
  /** Image i has seed firstSeed + i and class i mod the number of classes. */
  readonly firstSeed: number;
  /** Called after each batch; answering `stop` ends early with an error. */
  readonly onProgress?: (done: number) => Promise<'go' | 'stop'> | 'go' | 'stop';
}

export class ScoringStopped extends Error {}

export async function scoreModel(
  engine: Engine,
  scorer: ImageScorer,
  frame: DitFrame,
  grafts: SlotOperators,
  weights: Readonly<Record<string, Tensor>>,
  request: ScoreRequest,
): Promise<ImageScores> {
  const { samples, batch, guidance, steps } = request;
  const layout = layoutOf(parameterShapes(frame.shape, grafts));
  const parameters = engine.upload(f32([layout.size], pack(layout, weights)));
  const mode = guidance === 1 ? 'plain' : 'guided';
  const sampler = await Sampler.create(engine, frame, grafts, { batch, kind: 'ddim', guidance: mode });
  scorer.clear();
  try {
    for (let done = 0; done < samples; done += batch) {
      const numbers = Array.from({ length: batch }, (_, i) => done + i);
      const classes = numbers.map((i) => i % frame.shape.classes);
      const seeds = numbers.map((i) => request.firstSeed + i);
      let last: Float32Array | undefined;
      for await (const step of sampler.draw(parameters, { seeds, classes, guidance, steps })) {
        if (step.step === step.steps) last = await step.read();
      }
      const kept = Math.min(batch, samples - done);
      if (last) await scorer.add(last.slice(0, (last.length / batch) * kept), classes.slice(0, kept));
      if ((await request.onProgress?.(done + kept)) === 'stop')
        throw new ScoringStopped('scoring was stopped');
    }
    return scorer.result();
  } finally {
    parameters.dispose();
    await sampler.dispose();
  }
}
