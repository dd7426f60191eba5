// Starts that could make the generator pointless: the mean of all trained adapters, the adapter of the nearest concept
// by text, and a fresh one. The plain regressor is a generator of task `regress` (denoiser/config.ts).
import { known, UserError } from '../lib/errors.ts';
import type { Tensor } from '../lib/tensor.ts';
import { unpack } from '../train/parameters.ts';
import { type Concept, phraseOf } from './concepts/concept.ts';
import { denormalised } from './dataset/normalisation.ts';
import type { WeightDataSet } from './dataset/weightDataSet.ts';
import type { TextEncoder } from './text/textEncoder.ts';
import type { TranslatorBase } from './translator/baseFile.ts';
import { freshAdapter } from './translator/freshWeights.ts';

type Adapter = Record<string, Tensor>;

/** Normalised vectors have mean 0, so the mean adapter is the centre. */
export function meanAdapter({ layout, normalisation }: WeightDataSet): Adapter {
  return unpack(layout, normalisation.centre);
}

/** E2GAN's start: the base with an update that is still nothing. */
export function randomAdapter({ config, weights }: TranslatorBase, seed: number): Adapter {
  return freshAdapter(config, weights, seed);
}

export interface Neighbour {
  readonly concept: Concept;
  /** Cosine between the two phrases' mean word vectors. */
  readonly similarity: number;
  readonly adapter: Adapter;
}

/** The last checkpoint of the trained concept whose phrase is most alike. */
export function nearestAdapter(data: WeightDataSet, encoder: TextEncoder, phrase: string): Neighbour {
  const wanted = meanWord(encoder, phrase);
  let best: { concept: Concept; similarity: number; vector: Float32Array } | undefined;
  for (const { concept, use, vectors } of data.entries) {
    const vector = vectors.at(-1);
    if (use !== 'train' || !vector) continue;
    const similarity = cosine(wanted, meanWord(encoder, phraseOf(concept)));
    if (!best || similarity > best.similarity) best = { concept, similarity, vector };
  }
  if (!best) throw new UserError('The data set holds no trained concept; run generator:data first.');
  const { vector, ...rest } = best;
  return { ...rest, adapter: unpack(data.layout, denormalised(data.layout, data.normalisation, vector)) };
}

/** Mean of the words that were read, [C]. */
function meanWord(encoder: TextEncoder, phrase: string): Float64Array {
  const { values, known: words } = encoder.encode(phrase);
  const mean = new Float64Array(encoder.width);
  values.forEach((value, i) => {
    const at = i % encoder.width;
    mean[at] = known(mean[at], 'feature') + value / Math.max(1, words);
  });
  return mean;
}

function cosine(a: Float64Array, b: Float64Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    const other = b[i] ?? 0;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  });
  return dot / Math.max(1e-12, Math.sqrt(aa * bb));
}
