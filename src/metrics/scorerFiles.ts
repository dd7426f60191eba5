// The two files behind the image scores: the classifier's weights, and the statistics of real images under them.
import { memorySource } from '../formats/byteSource.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { FileError } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import { sameShape, showShape, type Tensor } from '../lib/tensor.ts';
import { classifierParameters, classifierShape } from '../models/classifier.ts';
import type { FeatureStatistics } from './featureStatistics.ts';

/** Names of the bundled files, below public/models. */
export const scorerFileNames = {
  classifier: 'fashion-mnist-classifier.safetensors',
  statistics: 'fashion-mnist-statistics.json',
} as const;

export interface ScorerFiles {
  readonly classifier: Uint8Array;
  readonly statistics: Uint8Array;
}

/** @throws FileError when the file is damaged or of another model */
export async function readClassifier(bytes: Uint8Array): Promise<Record<string, Tensor>> {
  const name = scorerFileNames.classifier;
  const { tensors } = await readSafetensors(memorySource(bytes, name));
  const weights: Record<string, Tensor> = {};
  for (const [weight, shape] of classifierParameters()) {
    const found = tensors.get(weight);
    if (!found) throw new FileError(`${name} lacks the weight ${weight}; is it the file of another model?`);
    if (!sameShape(found.shape, shape)) {
      throw new FileError(
        `${name} has ${weight} of shape ${showShape(found.shape)}, wanted ${showShape(shape)}; is it the file of another model?`,
      );
    }
    weights[weight] = found;
  }
  return weights;
}

/** A Fréchet distance of real images to the statistics, for comparison. */
export interface ReferenceDistance {
  readonly images: string;
  readonly count: number;
  readonly distance: number;
}

/** The statistics file as it is written. */
export interface StatisticsFile extends FeatureStatistics {
  /** What the images are. */
  readonly images: string;
  /** SHA-256 of the classifier's file. */
  readonly classifier: string;
  readonly references: readonly ReferenceDistance[];
}

const format = 'scion-feature-statistics';

/** JSON, since its numbers keep every digit of float64; of the symmetric covariance only the upper triangle, by rows. */
export function encodeStatistics(file: StatisticsFile): string {
  const { dim } = file;
  const upper = Array.from({ length: dim }, (_, i) => [
    ...file.covariance.subarray(i * dim + i, (i + 1) * dim),
  ]);
  const { images, classifier, count, references } = file;
  const head = JSON.stringify({ format, version: 1, images, classifier, count, dim, references }, null, 2);
  const rows = upper.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  return `${head.slice(0, -2)},\n  "mean": ${JSON.stringify([...file.mean])},\n  "covariance": [\n${rows}\n  ]\n}\n`;
}

/** @throws FileError when the file is damaged or belongs to another classifier than `classifier` */
export function parseStatistics(bytes: Uint8Array, classifier: Uint8Array): StatisticsFile {
  const name = scorerFileNames.statistics;
  let file: unknown;
  try {
    file = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new FileError(`${name} is no JSON, so it is damaged or incomplete: reload to fetch it again.`, {
      cause,
      action: 'retry',
    });
  }
  if (!isStatistics(file)) {
    throw new FileError(
      `${name} is not of the format ${format}, version 1, with ${classifierShape.features} features: reload to fetch it again.`,
      { action: 'retry' },
    );
  }
  if (file.classifier !== sha256Hex(classifier)) {
    throw new FileError(
      `${name} was made with another classifier than ${scorerFileNames.classifier}: fetch both files from one release.`,
      { action: 'retry' },
    );
  }
  const { dim } = file;
  const covariance = new Float64Array(dim * dim);
  file.covariance.forEach((row, i) => {
    row.forEach((value, j) => {
      covariance[i * dim + i + j] = value;
      covariance[(i + j) * dim + i] = value;
    });
  });
  return { ...file, mean: Float64Array.from(file.mean), covariance };
}

interface StoredStatistics extends Omit<StatisticsFile, 'mean' | 'covariance'> {
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
}

function isStatistics(file: unknown): file is StoredStatistics {
  if (typeof file !== 'object' || file === null) return false;
  const { version, images, classifier, count, dim, references, mean, covariance } = file as Record<
    string,
    unknown
  >;
  const numbers = (list: unknown, length: number) =>
    Array.isArray(list) && list.length === length && list.every(Number.isFinite);
  return (
    'format' in file &&
    file.format === format &&
    version === 1 &&
    typeof images === 'string' &&
    typeof classifier === 'string' &&
    Number.isInteger(count) &&
    dim === classifierShape.features &&
    Array.isArray(references) &&
    references.every(isReference) &&
    numbers(mean, dim) &&
    Array.isArray(covariance) &&
    covariance.length === dim &&
    covariance.every((row, i) => numbers(row, dim - i))
  );
}

function isReference(value: unknown): value is ReferenceDistance {
  if (typeof value !== 'object' || value === null) return false;
  const { images, count, distance } = value as Record<string, unknown>;
  return typeof images === 'string' && Number.isInteger(count) && Number.isFinite(distance);
}
