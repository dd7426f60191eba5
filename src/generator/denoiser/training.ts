// Trains the weight generator: a run that can be left and gone on with at any step.
import type { DeviceTensor, Engine, Feeds } from '../../engine/engine.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { cosine } from '../../train/learningRate.ts';
import { pack, unpack } from '../../train/parameters.ts';
import { Trainer, type TrainerState } from '../../train/trainer.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import type { TextEncoder } from '../text/textEncoder.ts';
import type { BlockCoder } from './blockCoder.ts';
import type { DenoiserConfig } from './config.ts';
import { freshUnet } from './freshUnet.ts';
import { type PictureMaterial, pictureSamples, pictureStep } from './pictureStep.ts';
import { denoiserSamples, type Hints } from './samples.ts';
import { denoiserStep, unetLayout } from './trainStep.ts';

/** None of it is the paper's, which gives none. */
export interface DenoiserRecipe {
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly floor: number;
  readonly warmup: number;
  /** Decay of the weights' moving average. */
  readonly ema: number;
  readonly seed: number;
}

export const ourDenoiserRecipe: DenoiserRecipe = {
  steps: 1500,
  batch: 16,
  rate: 2e-3,
  floor: 2e-5,
  warmup: 60,
  ema: 0.995,
  seed: 0,
};

/** Of the second half, on pictures: fewer steps, each of a net over all blocks of several concepts and a translator. */
export const ourPictureRecipe: DenoiserRecipe = {
  steps: 9000,
  /** Concepts of a step. */
  batch: 4,
  rate: 1e-3,
  floor: 1e-5,
  warmup: 50,
  ema: 0.99,
  seed: 0,
};

export class DenoiserRun {
  readonly #trainer: Trainer;
  readonly #config: DenoiserConfig;
  readonly #recipe: DenoiserRecipe;
  readonly #samples: (step: number) => Feeds;
  /** Steps whose batch gave no finite loss; they are left out. */
  #failures = 0;

  private constructor(
    trainer: Trainer,
    config: DenoiserConfig,
    recipe: DenoiserRecipe,
    samples: (step: number) => Feeds,
  ) {
    this.#trainer = trainer;
    this.#config = config;
    this.#recipe = recipe;
    this.#samples = samples;
  }

  static async create(
    engine: Engine,
    config: DenoiserConfig,
    recipe: DenoiserRecipe,
    material: {
      readonly data: WeightDataSet;
      readonly encoder: TextEncoder;
      readonly coder?: BlockCoder;
      readonly hints?: Hints;
    },
    saved?: TrainerState,
  ): Promise<DenoiserRun> {
    const { data, encoder, coder, hints } = material;
    const samples = denoiserSamples(config, data, encoder, recipe, coder, hints);
    return DenoiserRun.on(engine, config, recipe, { samples, tokens: encoder.tokens }, saved);
  }

  /** On any batches of blocks. */
  static async on(
    engine: Engine,
    config: DenoiserConfig,
    recipe: DenoiserRecipe,
    { samples, tokens }: { readonly samples: (step: number) => Feeds; readonly tokens: number },
    saved?: TrainerState,
  ): Promise<DenoiserRun> {
    const step = denoiserStep(config, recipe.batch, tokens);
    const fresh = {
      step: 0,
      vectors: { parameters: pack(step.layout, freshUnet(config.unet, recipe.seed)) },
    };
    const trainer = await Trainer.create(engine, step, saved ?? fresh);
    return new DenoiserRun(trainer, config, recipe, samples);
  }

  /** On the pictures that its adapters draw, from a net that was trained on weights. */
  static async onPictures(
    engine: Engine,
    config: DenoiserConfig,
    recipe: DenoiserRecipe,
    material: PictureMaterial,
    weights: Readonly<Record<string, Tensor>>,
    saved?: TrainerState,
  ): Promise<DenoiserRun> {
    const step = pictureStep(config, material, recipe.batch);
    const first = { step: 0, vectors: { parameters: pack(step.layout, weights) } };
    const trainer = await Trainer.create(engine, step, saved ?? first);
    return new DenoiserRun(trainer, config, recipe, pictureSamples(config, material, recipe));
  }

  get step(): number {
    return this.#trainer.step;
  }

  get failures(): number {
    return this.#failures;
  }

  /** The loss of one more step, on pictures their distance, or undefined where it was not finite. */
  async advance(): Promise<number | undefined> {
    const { rate, floor, warmup, steps, ema } = this.#recipe;
    const i = this.#trainer.step;
    // The average starts at the weights it is given and widens to its full length.
    const keep = Math.max(1 - ema, 1 / (i + 10));
    const { loss, sound, extras } = await this.#trainer.run(
      this.#samples(i + this.#failures),
      cosine(rate, floor, warmup, steps, i),
      keep,
    );
    // Where a step tells its distance, the rest of its loss only holds it in place.
    const told = extras.distance ? ((await extras.distance.read()).data[0] ?? Number.NaN) : loss;
    for (const extra of Object.values<DeviceTensor>(extras)) extra.dispose();
    if (sound) return told;
    this.#failures++;
    return undefined;
  }

  state(): Promise<TrainerState> {
    return this.#trainer.state();
  }

  /** The moving average, as tensors. */
  async averaged(): Promise<Record<string, Tensor>> {
    return unpack(unetLayout(this.#config.unet), await this.#trainer.vector('ema'));
  }

  dispose(): Promise<void> {
    return this.#trainer.dispose();
  }
}
