// The predicted noise of a model with given weights on the measured images.
import { noised } from '../../diffusion/loss.ts';
import type { Schedule } from '../../diffusion/schedule.ts';
import type { Feeds } from '../../engine/engine.ts';
import { gather, graphOf, input, type Node, slice } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { dit, type SlotOperators } from '../../models/dit.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import type { DitShape } from '../../models/shape.ts';
import { batchInputs, fixedFeeds, fixedNodes } from '../ditTraining.ts';
import type { GraftContext } from '../graft/context.ts';
import { cut, layoutOf, pack } from '../parameters.ts';
import { measuredBatch } from './noisedImages.ts';

/** ε [B, C, H, W] of images noised inside the graph; a learned variance is cut off. */
export function predictedNoise(
  shape: DitShape,
  schedule: Schedule,
  weight: (name: string) => Node,
  grafts: SlotOperators,
): Node {
  const fixed = fixedNodes(shape, schedule.steps);
  const { x0, noise, t, y } = batchInputs(shape, measuredBatch);
  const weights = (name: string) => (name === 'pos_embed' ? fixed.position : weight(name));
  const x = noised(schedule, x0, noise, t);
  const { output } = dit(shape, weights, { x, timeCode: gather(fixed.timeTable, t), y }, grafts);
  return slice(output, 1, 0, shape.channels);
}

/** What this model predicts for each batch of the measured images. */
export async function noiseOf(
  { engine, frame, schedule }: GraftContext,
  grafts: SlotOperators,
  weights: Readonly<Record<string, Tensor>>,
  images: readonly Feeds[],
): Promise<Tensor[]> {
  const layout = layoutOf(parameterShapes(frame.shape, grafts));
  const nodes = cut(layout, input('parameters', [layout.size]));
  const weight = (name: string) => known(nodes.get(name), name);
  const program = await engine.compile(
    graphOf({ noise: predictedNoise(frame.shape, schedule, weight, grafts) }),
  );
  const parameters = engine.upload(f32([layout.size], pack(layout, weights)));
  try {
    const outputs: Tensor[] = [];
    for (const batch of images) {
      const { noise } = await program.run({ ...fixedFeeds(frame, schedule.steps), ...batch, parameters });
      outputs.push(await known(noise, 'noise').read());
      noise?.dispose();
    }
    return outputs;
  } finally {
    parameters.dispose();
    await program.dispose();
  }
}
