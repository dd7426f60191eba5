// What cannot be done with a model here, one sentence each.
import type { DitShape } from '../../models/shape.ts';
import type { ModelLimits } from '../protocol.ts';

/** Parameters that fit a page: in single precision, with the copy that the engine computes on, under 1.5 GB. */
export const mostInMemory = 150e6;

/** Whether the bundled images, 32×32 grey of ten classes, are of the kind that this model draws. */
export function fitsBundledData({ inputSize, channels, classes }: DitShape): boolean {
  return inputSize === 32 && channels === 1 && classes === 10;
}

/** Of a model whose weights are in memory; undefined where nothing is missing. */
export function limitsInMemory(label: string, shape: DitShape): ModelLimits | undefined {
  const { channels, inputSize, classes } = shape;
  const drawsPixels = channels === 1 || channels === 3;
  if (fitsBundledData(shape)) return undefined;
  return {
    images: drawsPixels
      ? null
      : `${label} draws latents of ${channels} × ${inputSize} × ${inputSize}, which only its own VAE turns into images; Scion has none.`,
    training: `${label} draws ${channels} × ${inputSize} × ${inputSize} in ${classes} classes, and the images that come with Scion are 1 × 32 × 32 in 10: it is not trained or scored here.`,
  };
}

/** Of a model that stays in its file. */
export function limitsInFile(label: string, parameters: number): ModelLimits {
  const size = `${label} has ${(parameters / 1e6).toFixed(1)} M parameters, more than a page can run`;
  return {
    images: `${size}: it draws no images here.`,
    training: `${size}: it is not trained, measured or scored here.`,
  };
}
