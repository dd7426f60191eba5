// Batches of the diffusion objective, drawn by step number alone, so that a resumed run sees what it would have seen.
import type { Feeds } from '../engine/engine.ts';
import { known } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { f32, i32 } from '../lib/tensor.ts';
import type { DitShape } from '../models/shape.ts';
import { toModelInput } from './dataset.ts';

/** Labelled 28×28 images, the first `count` of a set. */
export interface LabelledImages {
  readonly images: Uint8Array;
  readonly labels: ArrayLike<number>;
  readonly count: number;
}

export interface BatchOptions {
  readonly seed: number;
  /** Names the run in the random streams: `pretrain`, `stage1`, `stage2`. */
  readonly purpose: string;
  readonly batch: number;
  readonly timesteps: number;
  /** Share of labels replaced by the null class. */
  readonly labelDropout: number;
}

/** Feeds `x0`, `noise`, `t` and `y` of step 0, 1, …; images pass in a new order every epoch. */
export function diffusionBatches(
  data: LabelledImages,
  shape: DitShape,
  options: BatchOptions,
): (step: number) => Feeds {
  const { seed, purpose, batch } = options;
  const stream = (name: string) => randomStream(seed, purpose, name);
  const [noises, times, drops] = [stream('noise'), stream('timesteps'), stream('labels')];
  const order = epochOrder(data.count, (epoch) =>
    randomStream(seed, purpose, 'order', epoch).permutation(data.count),
  );
  const image = [batch, shape.channels, shape.inputSize, shape.inputSize];
  const pixels = batch * shape.channels * shape.inputSize ** 2;
  return (step) => {
    const first = step * batch;
    const indices = Int32Array.from({ length: batch }, (_, i) => order(first + i));
    const dropped = drops.uniform(first, batch);
    const labels = Int32Array.from(indices, (index, i) =>
      (dropped[i] ?? 1) < options.labelDropout ? shape.classes : (data.labels[index] ?? shape.classes),
    );
    return {
      x0: f32(image, toModelInput(data.images, indices, new Float32Array(pixels))),
      noise: f32(image, noises.normal(new Float32Array(pixels), step * pixels)),
      t: i32([batch], times.integers(new Int32Array(batch), options.timesteps, first)),
      y: i32([batch], labels),
    };
  };
}

/** The image at position 0, 1, … of an endless sequence of shuffled epochs. */
function epochOrder(count: number, shuffle: (epoch: number) => Int32Array): (position: number) => number {
  const epochs = new Map<number, Int32Array>();
  return (position) => {
    const epoch = Math.floor(position / count);
    let order = epochs.get(epoch);
    if (!order) {
      order = shuffle(epoch);
      // A batch touches two epochs at most.
      for (const old of epochs.keys()) if (old < epoch - 1) epochs.delete(old);
      epochs.set(epoch, order);
    }
    return known(order[position % count], 'position in epoch');
  };
}
