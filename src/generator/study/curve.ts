// One run of the study: a fine-tune from one start, measured on held-out pictures as it goes.
import type { Engine } from '../../engine/engine.ts';
import { UserError } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { FeatureStatistics } from '../../metrics/featureStatistics.ts';
import { frechetDistance } from '../../metrics/frechet.ts';
import { type ParameterLayout, unpack } from '../../train/parameters.ts';
import type { Concept } from '../concepts/concept.ts';
import { type ConceptPictures, drawnSamples, range, samplesOf } from '../data/batches.ts';
import { fallingRate } from '../dataset/fineTune.ts';
import { meanDistance } from '../denoiser/drawnDistance.ts';
import type { TranslatorBase } from '../translator/baseFile.ts';
import type { TranslatorConfig } from '../translator/configuration.ts';
import { TranslatorRunner } from '../translator/runner.ts';
import { StatisticsPass } from '../translator/statisticsPass.ts';
import { firstState, TranslatorTrainer, trainedLayout } from '../translator/trainer.ts';
import type { Contestants, Start, StartPart } from './methods.ts';
import { PatchFeatures } from './patchFeatures.ts';

export interface Point {
  readonly step: number;
  /** Seconds of making the start and of the steps; measuring and drawing pictures from files are left out. */
  readonly seconds: number;
  /** Mean absolute distance to the target on held-out emoji, pictures between −1 and 1. */
  readonly distance: number;
  readonly fd: number;
}

export interface CurvePlan {
  /** Steps at which is measured, rising from 0. */
  readonly at: readonly number[];
  /** At the first step; it falls evenly to zero. */
  readonly rate: number;
}

interface Bench {
  readonly config: TranslatorConfig;
  readonly part: 'everything' | 'adapter';
  readonly trained: ParameterLayout;
  readonly trainer: TranslatorTrainer;
  readonly runner: TranslatorRunner;
  /** Of a whole translator: adapters keep the base's statistics. */
  readonly pass: StatisticsPass | undefined;
}

export interface LabOptions {
  readonly batch: number;
  /** Pairs of a concept that are trained on: the first so many emoji. */
  readonly pairs: number;
  /** Trained emoji over which a whole translator's statistics are measured before every measurement. */
  readonly statisticsPictures: number;
}

/** Compiled once, used for all runs. */
export class Lab {
  readonly #pictures: ConceptPictures;
  readonly #benches: Readonly<Record<StartPart, Bench>>;
  readonly #features: PatchFeatures;
  readonly #options: LabOptions;
  /** Of held-out pictures of a concept, which are the same for all its runs. */
  #wanted: { readonly concept: string; readonly statistics: FeatureStatistics } | undefined;

  private constructor(
    pictures: ConceptPictures,
    benches: Readonly<Record<StartPart, Bench>>,
    features: PatchFeatures,
    options: LabOptions,
  ) {
    this.#pictures = pictures;
    this.#benches = benches;
    this.#features = features;
    this.#options = options;
  }

  static async create(
    engine: Engine,
    { base, e2gan }: Pick<Contestants, 'base' | 'e2gan'>,
    pictures: ConceptPictures,
    options: LabOptions,
  ): Promise<Lab> {
    const { tokens } = pictures.encoder;
    const heldOut = pictures.emoji.names.length - pictures.emoji.trained;
    const bench = async ({ config, weights }: TranslatorBase, part: Bench['part']): Promise<Bench> => ({
      ...{ config, part, trained: trainedLayout(config, part) },
      trainer: await TranslatorTrainer.create(
        engine,
        { config, part, batch: options.batch, tokens },
        weights,
      ),
      runner: await TranslatorRunner.create(engine, {
        ...{ config, part, batch: heldOut, tokens },
      }),
      pass:
        part === 'adapter'
          ? undefined
          : await StatisticsPass.create(engine, { config, batch: options.statisticsPictures, tokens }),
    });
    const benches = {
      everything: await bench(base, 'everything'),
      adapter: await bench(base, 'adapter'),
      e2gan: await bench(e2gan, 'adapter'),
    };
    const features = await PatchFeatures.create(engine, heldOut, base.config.side);
    return new Lab(pictures, benches, features, options);
  }

  async curve(start: Start, concept: Concept, seed: number, { at, rate }: CurvePlan): Promise<Point[]> {
    const { trainer, config, part, trained: layout } = this.#benches[start.part];
    trainer.begin(firstState(config, part, start.weights, start.judge));
    // One stream for all methods: at equal seeds they see equal batches.
    const samples = drawnSamples([concept], this.#options.pairs, {
      ...{ seed, batch: this.#options.batch },
      purpose: `study ${concept.id}`,
    });
    const points: Point[] = [];
    let milliseconds = start.milliseconds;
    const steps = Math.max(...at);
    for (const step of at) {
      while (trainer.step < step) {
        const batch = this.#pictures.batch(samples(trainer.step));
        const begun = performance.now();
        const { sound } = await trainer.run(batch, fallingRate({ rate, steps }, trainer.step));
        milliseconds += performance.now() - begun;
        if (!sound) {
          throw new UserError(
            `The run on ${concept.id}, seed ${seed}, diverged at step ${trainer.step}; choose a rate below ${rate}.`,
          );
        }
      }
      const trained = unpack(layout, await trainer.trained());
      const quality = await this.quality(start.part, { ...start.weights, ...trained }, concept);
      points.push({ step, seconds: milliseconds / 1000, ...quality });
    }
    return points;
  }

  /** How well weights draw a concept on held-out emoji. */
  async quality(
    part: StartPart,
    weights: Readonly<Record<string, Tensor>>,
    concept: Concept,
  ): Promise<Pick<Point, 'distance' | 'fd'>> {
    const { runner, pass } = this.#benches[part];
    const { names, trained } = this.#pictures.emoji;
    const seen = () => this.#pictures.batch(samplesOf(concept, range(0, this.#options.statisticsPictures)));
    const held = this.#pictures.batch(samplesOf(concept, range(trained, names.length)));
    const statistics = pass ? await pass.over(weights, [seen()]) : {};
    const drawn = await runner.draw({ ...weights, ...statistics }, held.source, held.text);
    const wanted =
      this.#wanted?.concept === concept.id
        ? this.#wanted.statistics
        : await this.#features.statistics(held.target);
    this.#wanted = { concept: concept.id, statistics: wanted };
    const fd = frechetDistance(await this.#features.statistics(drawn), wanted);
    return { distance: meanDistance(drawn, held.target), fd };
  }
}
