// Fréchet distance between two Gaussians, the number behind FID (Heusel et al. 2017, arXiv 1706.08500, eq. 6).
// Float64; square roots by symmetric eigen-decomposition with negative eigenvalues set to zero (golden README, «fid»).
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { UserError } from '../lib/errors.ts';
import type { FeatureStatistics } from './featureStatistics.ts';

type Gaussian = Pick<FeatureStatistics, 'dim' | 'mean' | 'covariance'>;

/** |mu1 − mu2|² + tr C1 + tr C2 − 2 tr (C1^½ C2 C1^½)^½. Rounding may leave it a hair below zero. */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  check(a, 'first');
  check(b, 'second');
  if (a.dim !== b.dim) {
    throw new UserError(
      `The Fréchet distance needs features of one kind, got ${a.dim} and ${b.dim} dimensions.`,
    );
  }
  const meanTerm = a.mean.reduce((sum, value, i) => sum + (value - (b.mean[i] ?? Number.NaN)) ** 2, 0);
  return meanTerm + trace(a) + trace(b) - 2 * traceOfRoot(a, b);
}

/** tr (C1^½ C2 C1^½)^½: the overlap term of the distance. */
export function traceOfRoot(a: Gaussian, b: Gaussian): number {
  const root = squareRoot(matrix(a));
  const product = root.mmul(matrix(b)).mmul(root);
  const symmetric = Matrix.add(product, product.transpose()).mul(0.5);
  const { realEigenvalues } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
}

function squareRoot(symmetric: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(value, 0)));
  return eigenvectorMatrix.clone().mulRowVector(roots).mmul(eigenvectorMatrix.transpose());
}

function matrix({ dim, covariance }: Gaussian): Matrix {
  return Matrix.from1DArray(dim, dim, covariance);
}

function trace({ dim, covariance }: Gaussian): number {
  let sum = 0;
  for (let i = 0; i < dim; i++) sum += covariance[i * dim + i] ?? Number.NaN;
  return sum;
}

/** The eigen-decomposition does not end on NaN, so such statistics must not reach it. */
function check({ mean, covariance }: Gaussian, which: string): void {
  if (!(mean.every(Number.isFinite) && covariance.every(Number.isFinite))) {
    throw new UserError(
      `The Fréchet distance needs finite statistics, but the ${which} set has NaN or infinite entries: its images diverged.`,
    );
  }
}
