// Measures what the batch normalisations of a whole translator see, by one pass over pictures: it is trained on the
// statistics of its batches, and draws with these.
import type { Engine, Feeds, Program } from '../../engine/engine.ts';
import { graphOf, type Node } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { TranslatorConfig } from './configuration.ts';
import { prefixed, translatorInputs } from './inputs.ts';
import { statisticsShapes } from './shape.ts';
import { optionsOf } from './trainer.ts';
import { translator } from './translator.ts';

export class StatisticsPass {
  readonly #config: TranslatorConfig;
  readonly #program: Program;

  private constructor(config: TranslatorConfig, program: Program) {
    this.#config = config;
    this.#program = program;
  }

  /** @param spec pictures of one batch, tokens of a phrase, and whether each picture has an adapter (`together`) */
  static async create(
    engine: Engine,
    spec: {
      readonly config: TranslatorConfig;
      readonly batch: number;
      readonly tokens: number;
      readonly part?: 'everything' | 'together';
    },
  ): Promise<StatisticsPass> {
    const { config, part = 'everything' } = spec;
    const { source, text, weight } = translatorInputs({ ...spec, part });
    const { statistics } = translator(config.shape, source, text, weight, optionsOf(config, part));
    const outputs: Record<string, Node> = {};
    for (const [place, { mean, variance }] of Object.entries(statistics)) {
      outputs[`${place}.running_mean`] = mean;
      outputs[`${place}.running_var`] = variance;
    }
    return new StatisticsPass(config, await engine.compile(graphOf(outputs)));
  }

  /**
   * Mean and variance of every normalisation over all pictures of the batches: the variance within batches plus that of
   * their means.
   */
  async over(
    weights: Feeds,
    batches: readonly { readonly source: Tensor; readonly text: Tensor; readonly adapters?: Feeds }[],
  ): Promise<Record<string, Tensor>> {
    const sums = new Map<string, { readonly mean: Float64Array; readonly square: Float64Array }>();
    for (const { source, text, adapters = {} } of batches) {
      const outputs = await this.#program.run({ ...prefixed({ ...weights, ...adapters }), source, text });
      for (const [name, [channels = 0]] of statisticsShapes(this.#config.shape)) {
        if (!name.endsWith('running_mean')) continue;
        const place = name.slice(0, -'.running_mean'.length);
        const means = (await known(outputs[name], name).read()).data;
        const variances = (await known(outputs[`${place}.running_var`], place).read()).data;
        const before = sums.get(place);
        sums.set(place, {
          mean: new Float64Array(channels).map(
            (_, i) => (before?.mean[i] ?? 0) + (means[i] ?? Number.NaN) / batches.length,
          ),
          square: new Float64Array(channels).map(
            (_, i) =>
              (before?.square[i] ?? 0) +
              ((variances[i] ?? Number.NaN) + (means[i] ?? Number.NaN) ** 2) / batches.length,
          ),
        });
      }
      for (const output of Object.values(outputs)) output.dispose();
    }
    const statistics: Record<string, Tensor> = {};
    for (const [place, { mean, square }] of sums) {
      const shape = [mean.length];
      const variance = square.map((value, i) => Math.max(0, value - (mean[i] ?? 0) ** 2));
      statistics[`${place}.running_mean`] = f32(shape, mean);
      statistics[`${place}.running_var`] = f32(shape, variance);
    }
    return statistics;
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}
