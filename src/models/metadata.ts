// A DiT's shape in a safetensors file's metadata: strings under the names that the checkpoints of this project use.
import { FileError } from '../lib/errors.ts';
import type { DitShape } from './shape.ts';

export function metadataOf(shape: DitShape): Record<string, string> {
  return {
    format: 'pt',
    model: 'DiT',
    names: 'facebookresearch/DiT',
    input_size: String(shape.inputSize),
    patch_size: String(shape.patchSize),
    in_channels: String(shape.channels),
    hidden_size: String(shape.width),
    depth: String(shape.depth),
    num_heads: String(shape.heads),
    mlp_ratio: String(shape.mlpRatio),
    num_classes: String(shape.classes),
    learn_sigma: String(shape.learnSigma),
  };
}

/** The shape that metadata states, or undefined where it states none. */
export function shapeFromMetadata(metadata: Readonly<Record<string, string>>): DitShape | undefined {
  if (metadata.hidden_size === undefined || metadata.depth === undefined) return undefined;
  const number = (name: string) => {
    const value = Number(metadata[name]);
    if (Number.isFinite(value) && value > 0) return value;
    throw new FileError(
      `The file's metadata gives ${name} as ${JSON.stringify(metadata[name])}; a positive number is needed.`,
    );
  };
  return {
    inputSize: number('input_size'),
    patchSize: number('patch_size'),
    channels: number('in_channels'),
    width: number('hidden_size'),
    depth: number('depth'),
    heads: number('num_heads'),
    mlpRatio: number('mlp_ratio'),
    classes: number('num_classes'),
    learnSigma: metadata.learn_sigma !== 'false',
  };
}
