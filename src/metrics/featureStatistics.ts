// Mean and covariance of feature vectors, in float64, at once or batch by batch.
import { assert, UserError } from '../lib/errors.ts';

export interface FeatureStatistics {
  readonly count: number;
  readonly dim: number;
  /** [dim] */
  readonly mean: Float64Array;
  /** [dim, dim], sums of squares divided by count − 1 */
  readonly covariance: Float64Array;
}

/** Statistics of `count` rows of `dim` features, row-major. */
export function featureStatistics(
  features: Float32Array | Float64Array,
  count: number,
  dim: number,
): FeatureStatistics {
  const accumulator = new FeatureAccumulator(dim);
  accumulator.add(features, count);
  return accumulator.statistics();
}

/**
 * Adds up batches of features. Each batch is centred on its own mean before squaring, and batches are merged by the
 * update of Chan, Golub and LeVeque (1979), so features far from zero lose no digits.
 */
export class FeatureAccumulator {
  readonly dim: number;
  #count = 0;
  readonly #mean: Float64Array;
  /** Sum of (x − mean)(x − mean)ᵀ; only the upper triangle is kept up. */
  readonly #scatter: Float64Array;

  constructor(dim: number) {
    this.dim = dim;
    this.#mean = new Float64Array(dim);
    this.#scatter = new Float64Array(dim * dim);
  }

  get count(): number {
    return this.#count;
  }

  add(features: Float32Array | Float64Array, count: number): void {
    const { dim } = this;
    assert(
      features.length === count * dim,
      () => `${count} feature vectors of ${dim} numbers, got ${features.length} numbers in all`,
    );
    if (count === 0) return;
    const batchMean = columnMeans(features, count, dim);
    const total = this.#count + count;
    const shift = batchMean.map((value, j) => value - (this.#mean[j] ?? 0));
    this.#addOuter(shift, (this.#count * count) / total);
    const centred = new Float64Array(dim);
    for (let row = 0; row < count; row++) {
      for (let j = 0; j < dim; j++) centred[j] = (features[row * dim + j] ?? 0) - (batchMean[j] ?? 0);
      this.#addOuter(centred, 1);
    }
    shift.forEach((value, j) => {
      this.#mean[j] = (this.#mean[j] ?? 0) + (value * count) / total;
    });
    this.#count = total;
  }

  statistics(): FeatureStatistics {
    const { dim } = this;
    if (this.#count < 2) {
      throw new UserError(`A covariance needs at least 2 samples, got ${this.#count}: draw more samples.`);
    }
    const covariance = new Float64Array(dim * dim);
    for (let i = 0; i < dim; i++) {
      for (let j = i; j < dim; j++) {
        const value = (this.#scatter[i * dim + j] ?? 0) / (this.#count - 1);
        covariance[i * dim + j] = value;
        covariance[j * dim + i] = value;
      }
    }
    return { count: this.#count, dim, mean: this.#mean.slice(), covariance };
  }

  #addOuter(vector: Float64Array, weight: number): void {
    const { dim } = this;
    const scatter = this.#scatter;
    for (let i = 0; i < dim; i++) {
      const scaled = (vector[i] ?? 0) * weight;
      const row = i * dim;
      for (let j = i; j < dim; j++) scatter[row + j] = (scatter[row + j] ?? 0) + scaled * (vector[j] ?? 0);
    }
  }
}

function columnMeans(features: Float32Array | Float64Array, count: number, dim: number): Float64Array {
  const sums = new Float64Array(dim);
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < dim; j++) sums[j] = (sums[j] ?? 0) + (features[row * dim + j] ?? 0);
  }
  return sums.map((sum) => sum / count);
}
