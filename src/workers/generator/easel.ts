// Draws the chosen emoji and some held-out ones with an adapter; how far it is from its concept is measured apart, on
// all held-out emoji.
import type { Engine } from '../../engine/engine.ts';
import type { Concept } from '../../generator/concepts/concept.ts';
import { sourceSet } from '../../generator/concepts/concept.ts';
import type { Picture } from '../../generator/concepts/picture.ts';
import { range } from '../../generator/data/batches.ts';
import { pictureTensor } from '../../generator/translator/pictureTensor.ts';
import { TranslatorRunner } from '../../generator/translator/runner.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { Adapter } from './starts.ts';
import type { StyleFiles } from './styleFiles.ts';

/** Pictures that are drawn at once: the chosen emoji, and held-out ones beside it. */
const batch = 8;

export interface Drawing {
  readonly shown: readonly number[];
  readonly source: Uint8Array;
  readonly drawn: Uint8Array;
  readonly wanted: Uint8Array | null;
}

/** A phrase, and the concept that it names, if it names one. */
export interface Subject {
  readonly phrase: string;
  readonly concept: Concept | undefined;
}

export class Easel {
  readonly #files: StyleFiles;
  readonly #runner: TranslatorRunner;
  readonly #heldOut: readonly number[];
  readonly #distances = new WeakMap<Adapter, number>();

  private constructor(files: StyleFiles, runner: TranslatorRunner) {
    const { names, trained } = files.pictures.emoji;
    this.#files = files;
    this.#runner = runner;
    this.#heldOut = range(trained, names.length);
  }

  static async create(engine: Engine, files: StyleFiles): Promise<Easel> {
    const { encoder } = files.pictures;
    const runner = await TranslatorRunner.create(engine, {
      config: files.base.config,
      part: 'adapter',
      batch,
      tokens: encoder.tokens,
    });
    return new Easel(files, runner);
  }

  async draw(adapter: Adapter, subject: Subject, emoji: number): Promise<Drawing> {
    const shown = [emoji, ...this.#heldOut.filter((index) => index !== emoji)].slice(0, batch);
    const { source, drawn } = await this.#drawn(adapter, subject, shown);
    const wanted = this.#wanted(subject, shown);
    return { shown, source: pixels(source), drawn: pixels(drawn), wanted: wanted ? pixels(wanted) : null };
  }

  /** Mean absolute distance to the concept on all held-out emoji; null where the phrase names none. */
  async distance(adapter: Adapter, subject: Subject): Promise<number | null> {
    const known = this.#distances.get(adapter);
    if (known !== undefined || !subject.concept) return known ?? null;
    let [sum, count] = [0, 0];
    for (let first = 0; first < this.#heldOut.length; first += batch) {
      const indices = this.#heldOut.slice(first, first + batch);
      const { drawn } = await this.#drawn(adapter, subject, indices);
      const wanted = this.#wanted(subject, indices);
      wanted?.data.forEach((value, i) => {
        sum += Math.abs((drawn.data[i] ?? Number.NaN) - value);
      });
      count += wanted?.data.length ?? 0;
    }
    this.#distances.set(adapter, sum / count);
    return sum / count;
  }

  /** Where it was measured before. */
  knownDistance(adapter: Adapter): number | null {
    return this.#distances.get(adapter) ?? null;
  }

  /** @param indices at most a batch; what is missing to one is drawn and not looked at */
  async #drawn(adapter: Adapter, { phrase }: Subject, indices: readonly number[]) {
    const [filler = 0] = indices;
    const whole = [...indices, ...new Array<number>(batch - indices.length).fill(filler)];
    const weights = { ...this.#files.base.weights, ...adapter };
    const source = this.#sources(whole);
    return { source, drawn: await this.#runner.draw(weights, source, this.#text(phrase, batch)) };
  }

  #wanted({ concept }: Subject, indices: readonly number[]): Tensor | undefined {
    const { pictures } = this.#files;
    return concept && pictureTensor(indices.map((index) => pictures.target(concept, index)));
  }

  #sources(indices: readonly number[]): Tensor {
    const { emoji } = this.#files.pictures;
    return pictureTensor(indices.map((index): Picture => emoji.picture(sourceSet, index)));
  }

  /** [count, T, C]: one phrase for all pictures. */
  #text(phrase: string, count: number): Tensor {
    const { encoder } = this.#files.pictures;
    const { values } = encoder.encode(phrase);
    const data = new Float32Array(count * values.length);
    for (let n = 0; n < count; n++) data.set(values, n * values.length);
    return f32([count, encoder.tokens, encoder.width], data);
  }

  async dispose(): Promise<void> {
    await this.#runner.dispose();
  }
}

/** Pictures between −1 and 1, as bytes. */
function pixels({ data }: Tensor): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(data, (value) => Math.round(255 * Math.min(1, Math.max(0, (value + 1) / 2))));
}
