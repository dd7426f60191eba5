// A small PatchGAN (pix2pix, arXiv 1611.07004): one logit for every patch of a picture beside its source.
import { concat, conv2d, maximum, mul, type Node, scoped } from '../../graph/index.ts';
import { type BatchNormed, batchNorm } from '../layers/normalisation.ts';
import type { NamedShape } from '../layers/textTransformer.ts';

export interface Judgement {
  /** [B, 1, H/4 − 1, W/4 − 1]. */
  readonly logits: Node;
  readonly statistics: BatchNormed['statistics'];
}

/** source and image [B, 3, H, W]. Always normalises by this batch, as pix2pix trains it. */
export function discriminator(source: Node, image: Node, w: (name: string) => Node): Judgement {
  return scoped('discriminator', () => {
    const pair = concat([source, image], 1);
    const first = leaky(
      conv2d(pair, w('conv1.weight'), w('conv1.bias'), { stride: [2, 2], padding: [1, 1] }),
    );
    const second = conv2d(first, w('conv2.weight'), undefined, { stride: [2, 2], padding: [1, 1] });
    const { output, statistics } = batchNorm(second, (name) => w(`bn2.${name}`), 'batch');
    const logits = conv2d(leaky(output), w('conv3.weight'), w('conv3.bias'), { padding: [1, 1] });
    return { logits, statistics };
  });
}

const leaky = (x: Node): Node => maximum(x, mul(x, 0.2));

/** @param width channels after the first convolution */
export function discriminatorShapes(width: number): NamedShape[] {
  return [
    ['conv1.weight', [width, 6, 4, 4]],
    ['conv1.bias', [width]],
    ['conv2.weight', [2 * width, width, 4, 4]],
    ['bn2.weight', [2 * width]],
    ['bn2.bias', [2 * width]],
    ['conv3.weight', [1, 2 * width, 4, 4]],
    ['conv3.bias', [1]],
  ];
}
