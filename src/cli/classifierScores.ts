// What the classifier makes of a set of real images: accuracy, and the statistics of their features.
import type { Engine } from '../engine/engine.ts';
import type { Tensor } from '../lib/tensor.ts';
import { classAccuracy } from '../metrics/classAccuracy.ts';
import { FeatureAccumulator, type FeatureStatistics } from '../metrics/featureStatistics.ts';
import { ImageFeatures } from '../metrics/imageFeatures.ts';
import { classifierShape } from '../models/classifier.ts';
import { modelInputSize, toModelInput } from '../train/dataset.ts';

/** 28×28 images with their classes. */
export interface RealImages {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

export interface SetScores {
  readonly accuracy: number;
  readonly statistics: FeatureStatistics;
}

const batch = 100;

export async function judge(
  engine: Engine,
  weights: Readonly<Record<string, Tensor>>,
  set: RealImages,
): Promise<SetScores> {
  const network = await ImageFeatures.create(engine, weights, batch);
  const count = set.labels.length;
  const accumulator = new FeatureAccumulator(classifierShape.features);
  const logits = new Float32Array(count * classifierShape.classes);
  for (let first = 0; first < count; first += batch) {
    const indices = Int32Array.from({ length: Math.min(batch, count - first) }, (_, i) => first + i);
    const images = new Float32Array(indices.length * modelInputSize ** 2);
    const judged = await network.of(toModelInput(set.images, indices, images));
    accumulator.add(judged.features, judged.count);
    logits.set(judged.logits, first * classifierShape.classes);
  }
  await network.dispose();
  const { overall } = classAccuracy(logits, set.labels, classifierShape.classes);
  return { accuracy: overall, statistics: accumulator.statistics() };
}
