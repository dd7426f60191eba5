// How far to go from the mean adapter towards one that was written for a phrase. A net that meets a phrase unlike those it
// was trained on may write what is worse than the mean; where the concept has pictures to train on, a few of them tell.
// Ours, a line search of five points: the paper starts from what was written as it is.
import type { Engine } from '../engine/engine.ts';
import { known } from '../lib/errors.ts';
import { f32, type Tensor } from '../lib/tensor.ts';
import type { Concept } from './concepts/concept.ts';
import { type ConceptPictures, range, samplesOf } from './data/batches.ts';
import { meanDistance } from './denoiser/drawnDistance.ts';
import type { TranslatorBase } from './translator/baseFile.ts';
import { TranslatorRunner } from './translator/runner.ts';

type Adapter = Readonly<Record<string, Tensor>>;

/** Shares of the way that are tried; of equal ones the longest is taken. */
export const shares = [1, 0.75, 0.5, 0.25, 0] as const;
/** Pictures that tell, the first ones that are trained on; held-out ones are never looked at. */
export const mostPictures = 16;

export interface Shrunk {
  readonly adapter: Adapter;
  /** 1 is the adapter as it was written, 0 the mean adapter. */
  readonly share: number;
}

export class Shrinkage {
  readonly #base: TranslatorBase;
  readonly #pictures: ConceptPictures;
  readonly #runner: TranslatorRunner;
  readonly #shown: readonly number[];

  private constructor(
    base: TranslatorBase,
    pictures: ConceptPictures,
    runner: TranslatorRunner,
    shown: readonly number[],
  ) {
    this.#base = base;
    this.#pictures = pictures;
    this.#runner = runner;
    this.#shown = shown;
  }

  /** @param pairs of each concept that may be looked at: the first so many emoji */
  static async create(
    engine: Engine,
    base: TranslatorBase,
    pictures: ConceptPictures,
    pairs = pictures.emoji.trained,
  ): Promise<Shrinkage> {
    const shown = range(0, Math.min(mostPictures, pairs));
    const { tokens } = pictures.encoder;
    const spec = { config: base.config, part: 'adapter', batch: shown.length, tokens } as const;
    return new Shrinkage(base, pictures, await TranslatorRunner.create(engine, spec), shown);
  }

  /** The mixture of mean and written adapter that draws the concept best. */
  async choose(written: Adapter, mean: Adapter, concept: Concept, phrase: string): Promise<Shrunk> {
    const { source, target, text } = this.#pictures.batch(samplesOf(concept, this.#shown, phrase));
    let best: (Shrunk & { readonly distance: number }) | undefined;
    for (const share of shares) {
      const adapter = between(mean, written, share);
      const drawn = await this.#runner.draw({ ...this.#base.weights, ...adapter }, source, text);
      const distance = meanDistance(drawn, target);
      if (!best || distance < best.distance) best = { adapter, share, distance };
    }
    const { adapter, share } = known(best, 'share');
    return { adapter, share };
  }

  dispose(): Promise<void> {
    return this.#runner.dispose();
  }
}

/** Tensors of both adapters' names; at the ends they are the adapters' own. */
export function between(mean: Adapter, written: Adapter, share: number): Adapter {
  if (share === 1) return written;
  if (share === 0) return mean;
  return Object.fromEntries(
    Object.entries(written).map(([name, { shape, data }]) => {
      const from = known(mean[name], name).data;
      return [
        name,
        f32(
          shape,
          Float32Array.from(data, (value, i) => share * value + (1 - share) * (from[i] ?? Number.NaN)),
        ),
      ];
    }),
  );
}
