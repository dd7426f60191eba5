// The image-to-image translator's configuration and the names and shapes of its tensors.
import type { Shape } from '../../lib/tensor.ts';
import { type NamedShape, textTransformerShapes } from '../layers/textTransformer.ts';

/** A small E2GAN (arXiv 2401.06127): its topology, at any width. */
export interface TranslatorShape {
  /** Channels after the stem; the middle of the net has four times as many. */
  readonly width: number;
  readonly heads: number;
  /** Features of one text token. */
  readonly context: number;
  /**
   * `sum`: each stage on the way up adds what its size held on the way down, as pix2pix's U-Net joins them. Absent: none,
   * as E2GAN draws it; a small net then spends its training on carrying edges through its middle.
   */
  readonly skips?: 'sum';
}

/** Layers with a low-rank update, in order of execution; the residual blocks have none (paper §1.3). */
export const loraLayers = ['stem', 'down1', 'down2', 'ds', 'us', 'up1', 'up2', 'head'] as const;
export type LoraLayer = (typeof loraLayers)[number];
export type Ranks = Readonly<Record<LoraLayer, number>>;

/** Rows of the feed-forward layer's hidden half over its width. */
const feedForwardRatio = 4;

interface ConvShape {
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
}

export function convolutions(width: number): Readonly<Record<LoraLayer, ConvShape>> {
  return {
    stem: { from: 3, to: width, kernel: 7 },
    down1: { from: width, to: 2 * width, kernel: 3 },
    down2: { from: 2 * width, to: 4 * width, kernel: 3 },
    ds: { from: 4 * width, to: 4 * width, kernel: 3 },
    us: { from: 4 * width, to: 4 * width, kernel: 3 },
    up1: { from: 4 * width, to: 2 * width, kernel: 3 },
    up2: { from: 2 * width, to: width, kernel: 3 },
    head: { from: width, to: 3, kernel: 7 },
  };
}

/** Name of the frozen convolution's weight: only the head's is not followed by a normalisation. */
export function baseConvName(layer: LoraLayer): string {
  return layer === 'head' ? 'head.conv.weight' : `${layer}.conv.conv.weight`;
}

export function loraNames(layer: LoraLayer): { readonly down: string; readonly up: string } {
  const place = layer === 'head' ? 'head' : `${layer}.conv`;
  return { down: `${place}.lora_down.weight`, up: `${place}.lora_up.weight` };
}

/** Low-rank updates: down [r, in, k, k], up [out, r, 1, 1]; r·(in·k² + out) numbers a layer. */
export function loraShapes({ width }: TranslatorShape, ranks: Ranks): NamedShape[] {
  return loraLayers.flatMap((layer): NamedShape[] => {
    const { from, to, kernel } = convolutions(width)[layer];
    const names = loraNames(layer);
    return [
      [names.down, [ranks[layer], from, kernel, kernel]],
      [names.up, [to, ranks[layer], 1, 1]],
    ];
  });
}

const affine = (place: string, channels: number): NamedShape[] => [
  [`${place}.weight`, [channels]],
  [`${place}.bias`, [channels]],
];

/** Trained tensors of the base, running averages excepted. */
export function baseShapes({ width, context }: TranslatorShape): NamedShape[] {
  const middle = 4 * width;
  const square: Shape = [middle, middle, 3, 3];
  const convs = loraLayers.flatMap((layer): NamedShape[] => {
    const { from, to, kernel } = convolutions(width)[layer];
    const weight: NamedShape = [baseConvName(layer), [to, from, kernel, kernel]];
    return layer === 'head' ? [weight, ['head.conv.bias', [3]]] : [weight, ...affine(`${layer}.bn`, to)];
  });
  const residuals = ['res1', 'res2', 'res3'].flatMap((block): NamedShape[] => [
    [`${block}.conv1.weight`, square],
    ...affine(`${block}.bn1`, middle),
    [`${block}.conv2.weight`, square],
    ...affine(`${block}.bn2`, middle),
  ]);
  const transformer = textTransformerShapes(middle, context, feedForwardRatio).map(
    ([name, shape]): NamedShape => [`tf.${name}`, shape],
  );
  return [...convs, ...residuals, ...transformer];
}

/** Running means and variances of every batch normalisation. */
export function statisticsShapes(shape: TranslatorShape): NamedShape[] {
  return baseShapes(shape).flatMap(([name, extents]): NamedShape[] => {
    const place = /^(.*\.bn\d?)\.weight$/.exec(name)?.[1];
    return place === undefined
      ? []
      : [
          [`${place}.running_mean`, extents],
          [`${place}.running_var`, extents],
        ];
  });
}
