// The small convolutional network that judges Fashion-MNIST images: its last hidden layer gives the features of the
// Fréchet distance, its logits the class. Shapes: B images of 1×32×32 in [−1, 1].
import { conv2d, linear, maximum, mul, type Node, relu, reshape, scoped } from '../graph/index.ts';
import type { Shape } from '../lib/tensor.ts';
import type { Weights } from './dit.ts';

export const classifierShape = {
  inputSize: 32,
  /** Numbers that describe an image to the Fréchet distance. */
  features: 64,
  classes: 10,
} as const;

/** Convolutions from the image on; padding keeps the extent before the stride divides it. */
const convolutions = [
  { name: 'conv1', kernel: 5, ins: 1, outs: 16, stride: 2 }, // [B, 16, 16, 16]
  { name: 'conv2', kernel: 3, ins: 16, outs: 32, stride: 1 }, // [B, 32, 16, 16]
  { name: 'conv3', kernel: 3, ins: 32, outs: 64, stride: 2 }, // [B, 64, 8, 8]
  { name: 'conv4', kernel: 3, ins: 64, outs: 96, stride: 2 }, // [B, 96, 4, 4]
] as const;
const flat = 96 * 4 * 4;

export interface ClassifierTrace {
  /** What the Fréchet distance compares, after the activation: [B, 64]. */
  readonly features: Node;
  /** [B, 10] */
  readonly logits: Node;
}

export function classifier(w: Weights, images: Node): ClassifierTrace {
  let x = images;
  for (const { name, kernel, stride } of convolutions) {
    const around = (kernel - 1) / 2;
    x = scoped(name, () =>
      relu(
        conv2d(x, w(`${name}.weight`), w(`${name}.bias`), {
          stride: [stride, stride],
          padding: [around, around],
        }),
      ),
    );
  }
  const rows = reshape(x, [images.shape[0] ?? 0, flat]);
  const features = scoped('features', () => leaky(linear(rows, w('features.weight'), w('features.bias'))));
  const logits = scoped('logits', () => linear(features, w('logits.weight'), w('logits.bias')));
  return { features, logits };
}

/** Under a plain ReLU 18 of the 64 features died in training and told the distance nothing. */
function leaky(x: Node): Node {
  return maximum(x, mul(x, 0.1));
}

/** Shapes of all weights by name, in file order. */
export function classifierParameters(): [string, Shape][] {
  const { features, classes } = classifierShape;
  return [
    ...convolutions.flatMap(({ name, kernel, ins, outs }): [string, Shape][] => [
      [`${name}.weight`, [outs, ins, kernel, kernel]],
      [`${name}.bias`, [outs]],
    ]),
    ['features.weight', [features, flat]],
    ['features.bias', [features]],
    ['logits.weight', [classes, features]],
    ['logits.bias', [classes]],
  ];
}
