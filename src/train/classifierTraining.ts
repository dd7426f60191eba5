// What training the image classifier needs: fresh weights, its loss, and batches of shifted images.
import type { Feeds } from '../engine/engine.ts';
import {
  constant,
  exp,
  gather,
  input,
  log,
  mean,
  mul,
  type Node,
  neg,
  reduceMax,
  reduceSum,
  stopGradient,
  sub,
} from '../graph/index.ts';
import { known } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { f32, i32, sizeOf, type Tensor } from '../lib/tensor.ts';
import { classifier, classifierParameters, classifierShape } from '../models/classifier.ts';
import type { Weights } from '../models/dit.ts';
import { toModelInput } from './dataset.ts';
import type { LabelledImages } from './diffusionBatches.ts';

const { inputSize, classes } = classifierShape;

/** He-normal weights for layers that a ReLU follows (arXiv 1502.01852 eq. 10), zero biases. */
export function freshClassifier(seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    classifierParameters().map(([name, shape]) => {
      const values = new Float32Array(sizeOf(shape));
      if (name.endsWith('.bias')) return [name, f32(shape, values)];
      const deviation = Math.sqrt(2 / sizeOf(shape.slice(1)));
      const normal = randomStream(seed, 'fresh', name).normal(values);
      return [
        name,
        f32(
          shape,
          normal.map((z) => deviation * z),
        ),
      ];
    }),
  );
}

/** Batch mean of the cross-entropy; asks for `images` [B, 1, 32, 32] and `labels` [B]. */
export function classifierLoss(batch: number, weight: Weights): { loss: Node } {
  const images = input('images', [batch, 1, inputSize, inputSize]);
  const { logits } = classifier(weight, images);
  const wanted = gather(constant(oneHotRows()), input('labels', [batch], 'i32')); // [B, 10]
  return { loss: neg(mean(reduceSum(mul(wanted, logSoftmax(logits)), [1]))) };
}

/** Row c has its one 1 at c. */
function oneHotRows(): Tensor {
  const table = new Float32Array(classes * classes);
  for (let c = 0; c < classes; c++) table[c * classes + c] = 1;
  return f32([classes, classes], table);
}

/** The largest logit is taken off first, so that no exponential overflows; it cancels, hence no gradient. */
function logSoftmax(x: Node): Node {
  const centred = sub(x, stopGradient(reduceMax(x, [1], 'keep')));
  return sub(centred, log(reduceSum(exp(centred), [1], 'keep')));
}

export interface ClassifierBatchOptions {
  readonly seed: number;
  readonly batch: number;
  /** Images move by up to so many pixels in each direction; 2 stay inside the padding and lose nothing. */
  readonly shift: number;
}

/** Feeds of step 0, 1, …; every epoch has its own order and leaves out the images that fill no batch. */
export function classifierBatches(
  data: LabelledImages,
  { seed, batch, shift }: ClassifierBatchOptions,
): (step: number) => Feeds {
  const perEpoch = Math.floor(data.count / batch);
  const shifts = randomStream(seed, 'classifier', 'shifts');
  let [epoch, order] = [-1, new Int32Array(0)];
  return (step) => {
    const now = Math.floor(step / perEpoch);
    if (now !== epoch) {
      epoch = now;
      order = Int32Array.from(randomStream(seed, 'classifier', 'order', epoch).permutation(data.count));
    }
    const first = (step % perEpoch) * batch;
    const indices = order.subarray(first, first + batch);
    const images = toModelInput(data.images, indices, new Float32Array(batch * inputSize ** 2));
    const by = shifts.integers(new Int32Array(2 * batch), 2 * shift + 1, step * 2 * batch);
    return {
      images: f32(
        [batch, 1, inputSize, inputSize],
        shifted(
          images,
          by.map((n) => n - shift),
        ),
      ),
      labels: i32(
        [batch],
        Array.from(indices, (index) => known(data.labels[index], 'label')),
      ),
    };
  };
}

/** Moves image n by (by[2n], by[2n + 1]) rows and columns; black comes in. */
function shifted(images: Float32Array, by: Int32Array): Float32Array {
  const out = new Float32Array(images.length).fill(-1);
  const pixels = inputSize ** 2;
  for (let n = 0; n < by.length / 2; n++) {
    const [down, right] = [by[2 * n] ?? 0, by[2 * n + 1] ?? 0];
    const length = inputSize - Math.abs(right);
    for (let row = Math.max(0, down); row < inputSize + Math.min(0, down); row++) {
      const from = n * pixels + (row - down) * inputSize + Math.max(0, -right);
      out.set(images.subarray(from, from + length), n * pixels + row * inputSize + Math.max(0, right));
    }
  }
  return out;
}
