// The data set that the weight generator learns from: adapters of many concepts, normalised, in half precision.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError, known } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import type { ParameterLayout } from '../../train/parameters.ts';
import type { Concept, Step } from '../concepts/concept.ts';
import type { Part } from '../concepts/split.ts';
import { adapterLayout } from '../translator/adapter.ts';
import { type TranslatorConfig, translatorConfig } from '../translator/configuration.ts';
import { type Normalisation, normalisationOf, normalised } from './normalisation.ts';

/**
 * Concepts whose adapters the generator is not trained on though their part is `train`: they choose its timestep and
 * its length, so that the held-out parts stay untouched until the study.
 */
export type Use = Part | 'validation';

export interface WeightEntry {
  readonly concept: Concept;
  readonly use: Use;
  /** Normalised adapter vectors [P], oldest checkpoint first. */
  readonly vectors: readonly Float32Array[];
}

export interface WeightDataSet {
  readonly config: TranslatorConfig;
  readonly layout: ParameterLayout;
  /** SHA-256 of the base that all adapters leave from. */
  readonly base: string;
  readonly normalisation: Normalisation;
  readonly entries: readonly WeightEntry[];
}

/** One in so many concepts of the training part validates. */
const validationEvery = 16;

export function useOf(part: Part, indexInTrain: number): Use {
  return part === 'train' && indexInTrain % validationEvery === validationEvery - 1 ? 'validation' : part;
}

export interface RawEntry {
  readonly concept: Concept;
  readonly part: Part;
  /** Adapter vectors as trained. */
  readonly vectors: readonly Float32Array[];
}

/** Normalised by the training checkpoints alone. */
export function weightDataSet(
  config: TranslatorConfig,
  base: string,
  raw: readonly RawEntry[],
): WeightDataSet {
  const layout = adapterLayout(config);
  let inTrain = 0;
  const used = raw.map(({ concept, part, vectors }) => ({
    concept,
    use: useOf(part, part === 'train' ? inTrain++ : 0),
    vectors,
  }));
  const training = used.filter(({ use }) => use === 'train').flatMap(({ vectors }) => vectors);
  const normalisation = normalisationOf(layout, training);
  const entries = used.map((entry) => ({
    ...entry,
    vectors: entry.vectors.map((vector) => normalised(layout, normalisation, vector)),
  }));
  return { config, layout, base, normalisation, entries };
}

interface Listed {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly use: Use;
  readonly checkpoints: number;
}

/** Of each concept, its latest checkpoint alone: what ships with the program. */
export function latestOf(data: WeightDataSet): WeightDataSet {
  const entries = data.entries
    .filter(({ use }) => use === 'train')
    .map((entry) => ({ ...entry, vectors: entry.vectors.slice(-1) }));
  return { ...data, entries };
}

export function encodeWeightDataSet(
  { config, base, layout, normalisation, entries }: WeightDataSet,
  facts: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const vectors = entries.flatMap((entry) => entry.vectors);
  const all = new Float32Array(vectors.length * layout.size);
  vectors.forEach((vector, row) => {
    all.set(vector, row * layout.size);
  });
  const concepts: Listed[] = entries.map(({ concept, use, vectors: own }) => ({
    ...concept,
    use,
    checkpoints: own.length,
  }));
  return writeSafetensors(
    { vectors: f32([vectors.length, layout.size], all), centre: f32([layout.size], normalisation.centre) },
    {
      ...facts,
      translator: JSON.stringify(config),
      base,
      scale: JSON.stringify([...normalisation.scale]),
      concepts: JSON.stringify(concepts),
    },
    { dtype: 'f16' },
  );
}

/** @throws FileError when the file was cut short or is something else */
export async function decodeWeightDataSet(bytes: Uint8Array, name: string): Promise<WeightDataSet> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  const config = translatorConfig(metadata.translator, name);
  const layout = adapterLayout(config);
  const concepts: unknown = JSON.parse(metadata.concepts ?? 'null');
  const scale: unknown = JSON.parse(metadata.scale ?? 'null');
  const [vectors, centre] = [tensors.get('vectors'), tensors.get('centre')];
  if (!isListed(concepts) || !isNumbers(scale) || !vectors || !centre || metadata.base === undefined) {
    throw new FileError(`${name} is no data set of adapters; make it with generator:data.`);
  }
  const rows = concepts.reduce((sum, { checkpoints }) => sum + checkpoints, 0);
  const [held = 0, length = 0] = vectors.shape;
  if (held !== rows || length !== layout.size || scale.length !== layout.entries.length) {
    throw new FileError(
      `${name} holds ${held} adapters of ${length} numbers, expected ${rows} of ${layout.size}; the data set is incomplete, run generator:data again.`,
    );
  }
  const all = Float32Array.from(vectors.data);
  let row = 0;
  const entries = concepts.map(({ id, steps, use, checkpoints }): WeightEntry => {
    const first = row;
    row += checkpoints;
    const own = Array.from({ length: checkpoints }, (_, k) =>
      all.subarray((first + k) * length, (first + k + 1) * length),
    );
    return { concept: { id, steps }, use, vectors: own };
  });
  const normalisation = { centre: Float32Array.from(centre.data), scale: Float64Array.from(scale) };
  return { config, layout, base: known(metadata.base, 'base'), normalisation, entries };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function isListed(value: unknown): value is Listed[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) =>
        typeof item === 'object' &&
        item !== null &&
        'id' in item &&
        'steps' in item &&
        Array.isArray(item.steps) &&
        'use' in item &&
        'checkpoints' in item &&
        typeof item.checkpoints === 'number',
    )
  );
}
