// Batches that a translator is trained on: an emoji, the same emoji in a concept, and a phrase of that concept.
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { type Concept, phraseOf, phrasesOf, render, sourceSet } from '../concepts/concept.ts';
import type { Picture } from '../concepts/picture.ts';
import type { TextEncoder } from '../text/textEncoder.ts';
import { pictureTensor } from '../translator/pictureTensor.ts';
import type { Emoji } from './emoji.ts';

export interface TranslatorBatch {
  /** [B, 3, S, S]. */
  readonly source: Tensor;
  readonly target: Tensor;
  /** [B, T, C]. */
  readonly text: Tensor;
}

export interface Sample {
  readonly concept: Concept;
  readonly emoji: number;
  readonly phrase: string;
}

/** Pictures and phrases of concepts, each made once. */
export class ConceptPictures {
  readonly emoji: Emoji;
  readonly encoder: TextEncoder;
  readonly #targets = new Map<string, Picture>();
  readonly #texts = new Map<string, Float32Array>();

  constructor(emoji: Emoji, encoder: TextEncoder) {
    this.emoji = emoji;
    this.encoder = encoder;
  }

  target(concept: Concept, index: number): Picture {
    const key = `${concept.id}/${index}`;
    const made = this.#targets.get(key) ?? render(concept, (set) => this.emoji.picture(set, index));
    this.#targets.set(key, made);
    return made;
  }

  /** [T, C]. */
  text(phrase: string): Float32Array {
    const made = this.#texts.get(phrase) ?? this.encoder.encode(phrase).values;
    this.#texts.set(phrase, made);
    return made;
  }

  batch(samples: readonly Sample[]): TranslatorBatch {
    const { tokens, width } = this.encoder;
    const text = new Float32Array(samples.length * tokens * width);
    samples.forEach(({ phrase }, n) => {
      text.set(this.text(phrase), n * tokens * width);
    });
    return {
      source: this.sources(samples.map(({ emoji }) => emoji)),
      target: pictureTensor(samples.map(({ concept, emoji }) => this.target(concept, emoji))),
      text: f32([samples.length, tokens, width], text),
    };
  }

  /** Pictures before any concept [B, 3, S, S]. */
  sources(emoji: readonly number[]): Tensor {
    return pictureTensor(emoji.map((index) => this.emoji.picture(sourceSet, index)));
  }

  /** Forgets a concept's targets: 512 pictures are 6 MB. */
  forget(): void {
    this.#targets.clear();
  }
}

export interface BatchOptions {
  readonly seed: number;
  /** Names the stream, so that two uses never share a draw. */
  readonly purpose: string;
  readonly batch: number;
}

/** Samples of step 0, 1, …: emoji that are trained on, concepts and their paraphrases, each drawn evenly. */
export function drawnSamples(
  concepts: readonly Concept[],
  trained: number,
  { seed, purpose, batch }: BatchOptions,
): (step: number) => Sample[] {
  const phrases = concepts.map(phrasesOf);
  const stream = randomStream(seed, 'translator batches', purpose);
  const among = (share: number, count: number) => Math.min(count - 1, Math.floor(share * count));
  return (step) => {
    const draws = stream.uniform(step * 3 * batch, 3 * batch);
    return Array.from({ length: batch }, (_, n) => {
      const [first = 0, second = 0, third = 0] = draws.subarray(3 * n, 3 * n + 3);
      const at = among(first, concepts.length);
      const own = known(phrases[at], 'phrases');
      return {
        concept: known(concepts[at], 'concept'),
        emoji: among(second, trained),
        phrase: known(own[among(third, own.length)], 'phrase'),
      };
    });
  };
}

/** One sample for each emoji, under the concept's usual phrase. */
export function samplesOf(concept: Concept, emoji: readonly number[], phrase = phraseOf(concept)): Sample[] {
  return emoji.map((index) => ({ concept, emoji: index, phrase }));
}

/** Numbers from `first` up to but not including `end`. */
export function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}
