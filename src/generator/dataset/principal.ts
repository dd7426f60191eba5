// Principal components of vectors whose mean was taken off.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface Principal {
  /** [k, L], rows orthonormal, of the largest variance first; rows of zeros where the vectors span fewer. */
  readonly components: Float32Array;
  /** Sum of squares along each component, [k]. */
  readonly energies: Float64Array;
}

/** Energies below this share of the largest are rounding. */
const rounding = 1e-7;

/** @param vectors [L] each */
export function principalComponents(vectors: readonly Float32Array[], count: number): Principal {
  const size = vectors[0]?.length ?? 0;
  // XᵀX and XXᵀ share their eigenvalues: the smaller of the two is decomposed.
  const fewVectors = vectors.length < size;
  const rows = new Matrix(vectors.map((vector) => Array.from(vector)));
  const turned = rows.transpose();
  const products = fewVectors ? rows.mmul(turned) : turned.mmul(rows);
  const { realEigenvalues: found, eigenvectorMatrix } = new EigenvalueDecomposition(products, {
    assumeSymmetric: true,
  });
  const order = found.map((_, i) => i).sort((a, b) => (found[b] ?? 0) - (found[a] ?? 0));
  const least = rounding * (found[order[0] ?? 0] ?? 0);
  const components = new Float32Array(count * size);
  const energies = new Float64Array(count);
  order.slice(0, count).forEach((column, k) => {
    const energy = found[column] ?? 0;
    if (energy <= least || energy <= 0) return;
    energies[k] = energy;
    const vector = eigenvectorMatrix.getColumn(column);
    const own = fewVectors
      ? turned
          .mmul(Matrix.columnVector(vector))
          .to1DArray()
          .map((value) => value / Math.sqrt(energy))
      : vector;
    components.set(own, k * size);
  });
  return { components, energies };
}
