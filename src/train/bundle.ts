// What ships with the program: the pretrained base, the images to graft with, and the files that score pictures.

import { linearSchedule } from '../diffusion/schedule.ts';
import type { Engine } from '../engine/engine.ts';
import { memorySource } from '../formats/byteSource.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { FileError } from '../lib/errors.ts';
import type { Tensor } from '../lib/tensor.ts';
import { type ScorerFiles, scorerFileNames } from '../metrics/scorerFiles.ts';
import { readAllTensors, recogniseDit } from '../models/checkpoint.ts';
import type { DitFrame } from '../models/fixedTables.ts';
import { type Dataset, loadDataset, type ReadFile } from './dataset.ts';
import type { LabelledImages } from './diffusionBatches.ts';
import type { GraftContext } from './graft/context.ts';

/** Paths below the folder that the program is served from. */
export const bundlePaths = {
  base: 'models/dit-fashion-mnist.safetensors',
  models: 'models/',
  data: 'data/fashion-mnist/',
} as const;

export const bundledBase = { id: 'dit-fashion-mnist', label: 'DiT, Fashion-MNIST' } as const;

export interface BaseModel {
  readonly frame: DitFrame;
  /** All tensors by checkpoint name, `pos_embed` left out. */
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly pretrainingFlops: number | null;
}

/** The model of a safetensors file that holds a whole, ungrafted DiT. */
export async function baseFromSafetensors(bytes: Uint8Array, name: string): Promise<BaseModel> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  const checkpoint = recogniseDit({
    metadata,
    tensors,
    read: async (tensor) => {
      const found = tensors.get(tensor);
      if (!found) throw new FileError(`${name} has no tensor ${tensor}.`);
      return found;
    },
  });
  const { pos_embed: position, ...weights } = await readAllTensors(checkpoint);
  if (!position) throw new FileError(`${name} has no position table pos_embed.`);
  const flops = Number(metadata.pretraining_flops);
  return {
    frame: { shape: checkpoint.shape, position, divisor: checkpoint.divisor },
    weights,
    pretrainingFlops: Number.isFinite(flops) && flops > 0 ? flops : null,
  };
}

export async function loadBase(read: ReadFile): Promise<BaseModel> {
  return baseFromSafetensors(await read(bundlePaths.base), bundlePaths.base);
}

export interface GraftData {
  readonly stage1: LabelledImages;
  readonly stage2: LabelledImages;
  readonly heldOut: LabelledImages;
  readonly classNames: readonly string[];
}

function first(set: Dataset, prefix: string): LabelledImages {
  return { images: set.images, labels: set.labels, count: set.prefixes[prefix] ?? set.count };
}

export async function loadGraftData(read: ReadFile): Promise<GraftData> {
  const below: ReadFile = (name) => read(bundlePaths.data + name);
  const [train, test] = [await loadDataset(below, 'train'), await loadDataset(below, 'test')];
  return {
    stage1: first(train, 'stage1'),
    stage2: first(train, 'stage2'),
    heldOut: first(test, 'heldOut'),
    classNames: train.classNames,
  };
}

export async function loadScorerFiles(read: ReadFile): Promise<ScorerFiles> {
  return {
    classifier: await read(bundlePaths.models + scorerFileNames.classifier),
    statistics: await read(bundlePaths.models + scorerFileNames.statistics),
  };
}

export function graftContext(engine: Engine, base: BaseModel, data: GraftData): GraftContext {
  return {
    engine,
    frame: base.frame,
    schedule: linearSchedule(),
    teacher: base.weights,
    data,
    pretrainingFlops: base.pretrainingFlops,
  };
}
