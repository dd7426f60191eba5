// Draws with an adapter: measures its statistics over trained emoji, then draws the chosen emoji and the held-out ones.
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

/** Trained emoji over which an adapter's statistics are measured, as in the study. */
const statisticsPictures = 64;
/** Held-out emoji that are shown beside the chosen one. */
const shownBeside = 7;

export interface Drawing {
  readonly shown: readonly number[];
  readonly source: Uint8Array;
  readonly drawn: Uint8Array;
  readonly wanted: Uint8Array | null;
  readonly distance: number | null;
}

/** A phrase, and the concept that it names, if it names one. */
export interface Subject {
  readonly phrase: string;
  readonly concept: Concept | undefined;
}

export class Easel {
  readonly #files: StyleFiles;
  readonly #runner: TranslatorRunner;
  readonly #seen: readonly number[];
  readonly #heldOut: readonly number[];

  private constructor(files: StyleFiles, runner: TranslatorRunner) {
    const { names, trained } = files.pictures.emoji;
    this.#files = files;
    this.#runner = runner;
    this.#seen = range(0, Math.min(trained, statisticsPictures));
    this.#heldOut = range(trained, names.length);
  }

  static async create(engine: Engine, files: StyleFiles): Promise<Easel> {
    const { emoji, encoder } = files.pictures;
    const runner = await TranslatorRunner.create(engine, {
      config: files.base.config,
      part: 'adapter',
      // All held-out emoji, on which is measured, and the chosen one.
      batch: emoji.names.length - emoji.trained + 1,
      statisticsBatch: Math.min(emoji.trained, statisticsPictures),
      tokens: encoder.tokens,
    });
    return new Easel(files, runner);
  }

  async draw(adapter: Adapter, { phrase, concept }: Subject, emoji: number): Promise<Drawing> {
    const { base, pictures } = this.#files;
    const weights = { ...base.weights, ...adapter };
    const seen = this.#sources(this.#seen);
    const statistics = await this.#runner.statistics(weights, [
      { source: seen, text: this.#text(phrase, this.#seen.length) },
    ]);
    const indices = [emoji, ...this.#heldOut];
    const source = this.#sources(indices);
    const text = this.#text(phrase, indices.length);
    const drawn = await this.#runner.draw({ ...weights, ...statistics }, source, text);
    const wanted = concept && pictureTensor(indices.map((index) => pictures.target(concept, index)));
    const shown = [emoji, ...this.#heldOut.filter((index) => index !== emoji)].slice(0, 1 + shownBeside);
    const rows = shown.map((index, n) => (n === 0 ? 0 : indices.indexOf(index, 1)));
    return {
      shown,
      source: pixels(source, rows),
      drawn: pixels(drawn, rows),
      wanted: wanted ? pixels(wanted, rows) : null,
      distance: wanted ? meanDistance(drawn, wanted, 1) : null,
    };
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

/** Pictures of a tensor [B, 3, S, S] between −1 and 1, as bytes. */
function pixels({ shape, data }: Tensor, rows: readonly number[]): Uint8Array<ArrayBuffer> {
  const size = shape.slice(1).reduce((product, extent) => product * extent, 1);
  const bytes = new Uint8Array(rows.length * size);
  rows.forEach((row, n) => {
    for (let i = 0; i < size; i++) {
      const value = ((data[row * size + i] ?? 0) + 1) / 2;
      bytes[n * size + i] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  });
  return bytes;
}

/** Over the pictures from row `first` on. */
function meanDistance(a: Tensor, b: Tensor, first: number): number {
  const start = (first * a.data.length) / (a.shape[0] ?? 1);
  let sum = 0;
  for (let i = start; i < a.data.length; i++) sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? Number.NaN));
  return sum / (a.data.length - start);
}
