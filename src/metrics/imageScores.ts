// Scores of generated images: FD (Fashion-MNIST CNN), the Fréchet distance of their features to those of all 60,000
// training images, and how many the classifier takes for what they were meant to be. It is no FID: that is defined by
// another network and not comparable.
import type { Engine } from '../engine/engine.ts';
import { ShapeError } from '../lib/errors.ts';
import { classifierShape } from '../models/classifier.ts';
import { classAccuracy } from './classAccuracy.ts';
import { FeatureAccumulator } from './featureStatistics.ts';
import { frechetDistance } from './frechet.ts';
import { asDisplayed, ImageFeatures } from './imageFeatures.ts';
import { parseStatistics, readClassifier, type ScorerFiles, type StatisticsFile } from './scorerFiles.ts';

export interface ImageScores {
  /** FD (Fashion-MNIST CNN). A small set scores higher than a large one of the same quality: compare equal counts. */
  readonly fd: number;
  /** Share of the labelled images classified as intended; undefined when none was labelled. */
  readonly accuracy: number | undefined;
  readonly count: number;
}

export class ImageScorer {
  /** What the images are compared with, and distances of real images for comparison. */
  readonly reference: StatisticsFile;
  readonly #network: ImageFeatures;
  #features = new FeatureAccumulator(classifierShape.features);
  #labelled = 0;
  #right = 0;

  private constructor(network: ImageFeatures, reference: StatisticsFile) {
    this.#network = network;
    this.reference = reference;
  }

  /** @throws FileError when a file is damaged or the two do not belong together */
  static async create(engine: Engine, files: ScorerFiles, batch = 100): Promise<ImageScorer> {
    const weights = await readClassifier(files.classifier);
    const reference = parseStatistics(files.statistics, files.classifier);
    return new ImageScorer(await ImageFeatures.create(engine, weights, batch), reference);
  }

  /**
   * @param images any number of them [n, 1, 32, 32], black −1 to white 1; scored as displayed, in 8 bits
   * @param labels the class that each was meant to be
   */
  async add(images: Float32Array, labels?: ArrayLike<number>): Promise<void> {
    const count = images.length / classifierShape.inputSize ** 2;
    if (labels && labels.length !== count) {
      throw new ShapeError(`${count} images to be scored need as many labels, got ${labels.length}.`);
    }
    const { features, logits } = await this.#network.of(asDisplayed(images));
    this.#features.add(features, count);
    if (!labels || count === 0) return;
    const { overall } = classAccuracy(logits, labels, classifierShape.classes);
    this.#labelled += count;
    this.#right += Math.round(overall * count);
  }

  /** Scores of everything added since the last clear(). */
  result(): ImageScores {
    return {
      fd: frechetDistance(this.#features.statistics(), this.reference),
      accuracy: this.#labelled > 0 ? this.#right / this.#labelled : undefined,
      count: this.#features.count,
    };
  }

  /** Forgets the images, for the next set. */
  clear(): void {
    this.#features = new FeatureAccumulator(classifierShape.features);
    this.#labelled = 0;
    this.#right = 0;
  }

  async dispose(): Promise<void> {
    await this.#network.dispose();
  }
}
