// Starts that could make the generator pointless: the mean of all trained adapters, the adapter of the nearest concept
// by text, and a fresh one. The plain regressor is a generator of task `regress` (denoiser/config.ts).
import { known, UserError } from '../lib/errors.ts';
import type { Tensor } from '../lib/tensor.ts';
import { unpack } from '../train/parameters.ts';
import { type Concept, phraseOf } from './concepts/concept.ts';
import { denormalised } from './dataset/normalisation.ts';
import type { WeightDataSet } from './dataset/weightDataSet.ts';
import type { TextEncoder } from './text/textEncoder.ts';
import { wordsOf } from './text/wordVectors.ts';
import type { TranslatorBase } from './translator/baseFile.ts';
import { freshAdapter } from './translator/freshWeights.ts';

type Adapter = Record<string, Tensor>;

/** Normalised vectors have mean 0, so the mean adapter is the centre. */
export function meanAdapter({
  layout,
  normalisation,
}: Pick<WeightDataSet, 'layout' | 'normalisation'>): Adapter {
  return unpack(layout, normalisation.centre);
}

/** E2GAN's start: the base with an update that is still nothing. */
export function randomAdapter({ config, weights }: TranslatorBase, seed: number): Adapter {
  return freshAdapter(config, weights, seed);
}

export interface Neighbour {
  readonly concept: Concept;
  /** Cosine between the two phrases' weighted mean word vectors. */
  readonly similarity: number;
  readonly adapter: Adapter;
}

/**
 * The last checkpoint of the trained concept whose phrase is most alike. Words count by their rarity among the trained
 * phrases: else "strong", which half of them hold, would find any filter that is strong.
 */
export async function nearestAdapter(
  data: WeightDataSet,
  encoder: TextEncoder,
  phrase: string,
): Promise<Neighbour> {
  const trained = data.entries.filter(({ use }) => use === 'train');
  const phrases = trained.map(({ concept }) => phraseOf(concept));
  await encoder.prepare?.([...new Set([phrase, ...phrases].flatMap(wordsOf))]);
  const reader = new PhraseReader(encoder, phrases);
  const wanted = reader.mean(phrase);
  let best: { concept: Concept; similarity: number; vector: Float32Array } | undefined;
  for (const [n, { concept, vectors }] of trained.entries()) {
    const vector = vectors.at(-1);
    if (!vector) continue;
    const similarity = cosine(wanted, reader.mean(phrases[n] ?? ''));
    if (!best || similarity > best.similarity) best = { concept, similarity, vector };
  }
  if (!best) throw new UserError('The data set holds no trained concept; run generator:data first.');
  const { vector, ...rest } = best;
  return { ...rest, adapter: unpack(data.layout, denormalised(data.layout, data.normalisation, vector)) };
}

/** Phrases as means of their words' vectors, each word weighted by its inverse document frequency. */
class PhraseReader {
  readonly #encoder: TextEncoder;
  readonly #phrases: number;
  readonly #frequency = new Map<string, number>();
  readonly #vectors = new Map<string, Float32Array>();

  constructor(encoder: TextEncoder, phrases: readonly string[]) {
    this.#encoder = encoder;
    this.#phrases = phrases.length;
    for (const phrase of phrases) {
      for (const word of new Set(wordsOf(phrase))) {
        this.#frequency.set(word, (this.#frequency.get(word) ?? 0) + 1);
      }
    }
  }

  /** [C]; unknown words are left out. */
  mean(phrase: string): Float64Array {
    const mean = new Float64Array(this.#encoder.width);
    for (const word of wordsOf(phrase)) {
      const weight = Math.log((this.#phrases + 2) / ((this.#frequency.get(word) ?? 0) + 1));
      this.#vectorOf(word).forEach((value, i) => {
        mean[i] = known(mean[i], 'feature') + weight * value;
      });
    }
    return mean;
  }

  /** A word by itself, so that its place in the phrase does not count. */
  #vectorOf(word: string): Float32Array {
    const { width } = this.#encoder;
    const found = this.#vectors.get(word);
    if (found) return found;
    const { values, known: read } = this.#encoder.encode(word);
    const vector = read > 0 ? meanOfTokens(values, width) : new Float32Array(width);
    this.#vectors.set(word, vector);
    return vector;
  }
}

/** [C] from [T, C]: the mean of the tokens that are there; padding is zero. */
function meanOfTokens(values: Float32Array, width: number): Float32Array {
  const mean = new Float32Array(width);
  let there = 0;
  for (let at = 0; at < values.length; at += width) {
    const token = values.subarray(at, at + width);
    if (token.every((value) => value === 0)) continue;
    there++;
    token.forEach((value, i) => {
      mean[i] = (mean[i] ?? 0) + value;
    });
  }
  return there > 1 ? mean.map((value) => value / there) : mean;
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
