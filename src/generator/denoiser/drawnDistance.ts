// How far from their targets the pictures are that written adapters draw, beside those of the mean adapter and of the
// concepts' own trained ones: what a recovery error cannot say.
import type { Engine } from '../../engine/engine.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { unpack } from '../../train/parameters.ts';
import { meanAdapter } from '../baselines.ts';
import { phraseOf } from '../concepts/concept.ts';
import { type ConceptPictures, range, samplesOf } from '../data/batches.ts';
import { denormalised } from '../dataset/normalisation.ts';
import type { WeightDataSet, WeightEntry } from '../dataset/weightDataSet.ts';
import type { WeightGenerator } from '../generate.ts';
import type { TranslatorBase } from '../translator/baseFile.ts';
import { TranslatorRunner } from '../translator/runner.ts';

/** Mean absolute distances on held-out emoji, pictures between −1 and 1, before any training of these adapters. */
export interface DrawnDistance {
  readonly written: number;
  readonly mean: number;
  /** Of the adapter that was trained for the concept: what a perfect recovery would draw. */
  readonly trained: number;
}

const seed = 0;

export class DistanceMeter {
  readonly #base: TranslatorBase;
  readonly #data: WeightDataSet;
  readonly #pictures: ConceptPictures;
  readonly #runner: TranslatorRunner;
  readonly #held: readonly number[];

  private constructor(
    base: TranslatorBase,
    data: WeightDataSet,
    pictures: ConceptPictures,
    runner: TranslatorRunner,
    held: readonly number[],
  ) {
    this.#base = base;
    this.#data = data;
    this.#pictures = pictures;
    this.#runner = runner;
    this.#held = held;
  }

  static async create(
    engine: Engine,
    base: TranslatorBase,
    data: WeightDataSet,
    pictures: ConceptPictures,
  ): Promise<DistanceMeter> {
    const held = range(pictures.emoji.trained, pictures.emoji.names.length);
    const { tokens } = pictures.encoder;
    const spec = { config: base.config, part: 'adapter', batch: held.length, tokens } as const;
    return new DistanceMeter(base, data, pictures, await TranslatorRunner.create(engine, spec), held);
  }

  async over(
    generator: WeightGenerator,
    entries: readonly WeightEntry[],
    timestep = generator.model.timestep,
  ): Promise<DrawnDistance> {
    const { layout, normalisation } = this.#data;
    const middle = meanAdapter(this.#data);
    const sums = { written: 0, mean: 0, trained: 0 };
    for (const { concept, vectors } of entries) {
      const { source, target, text } = this.#pictures.batch(samplesOf(concept, this.#held));
      this.#pictures.forget();
      const distanceOf = async (adapter: Readonly<Record<string, Tensor>>) =>
        meanDistance(await this.#runner.draw({ ...this.#base.weights, ...adapter }, source, text), target);
      const last = denormalised(layout, normalisation, known(vectors.at(-1), 'checkpoint'));
      const { adapter } = await generator.generate(phraseOf(concept), { seed, timestep, concept });
      sums.written += await distanceOf(adapter);
      sums.mean += await distanceOf(middle);
      sums.trained += await distanceOf(unpack(layout, last));
    }
    const count = entries.length;
    return { written: sums.written / count, mean: sums.mean / count, trained: sums.trained / count };
  }

  dispose(): Promise<void> {
    return this.#runner.dispose();
  }
}

export function meanDistance(a: Tensor, b: Tensor): number {
  let sum = 0;
  a.data.forEach((value, i) => {
    sum += Math.abs(value - (b.data[i] ?? Number.NaN));
  });
  return sum / a.data.length;
}
