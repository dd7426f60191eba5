// What a few pictures say of an adapter to first order, prepared once for a base and a data set. Near the mean adapter a
// picture changes by J z when the blocks' numbers change by z, so pictures that are off by r ask for the z of least
// |r − J z|²/s² + |z/σ|², with σ the spread of the trained adapters: one step of Gauss and Newton from the mean adapter,
// under a Gaussian prior. J is measured here, by differences, and only what solving needs is kept. Ours: the paper's
// generator is told a text and nothing else.
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Engine } from '../../engine/engine.ts';
import { known, UserError } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { unpack } from '../../train/parameters.ts';
import { type BlockLayout, blockMask } from '../blocks/blocks.ts';
import { type ConceptPictures, range } from '../data/batches.ts';
import { denormalised } from '../dataset/normalisation.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import type { BlockCoder } from '../denoiser/blockCoder.ts';
import type { TranslatorBase } from '../translator/baseFile.ts';
import { TranslatorRunner } from '../translator/runner.ts';

/** Pictures that a hint is read from: the first ones that are trained on; held-out ones are never looked at. */
export const hintPictures = 16;
/** s². Validation concepts like 20 and 50 alike (L1 of the solution alone 0.215 and 0.218; at 100 0.224, at 400 0.247). */
export const ourHintNoise = 50;
/** Differences are taken over this share of σ. */
const stride = 0.3;
/** Beyond so many numbers the matrix would not fit the generator's file. */
const mostNumbers = 1024;

export interface HintBasis {
  /** σ [K]: root mean square over training checkpoints of each real number of the blocks, in their order. */
  readonly spread: Tensor;
  /** (σ JᵀJ σ / s² + 1)⁻¹ [K, K], its eigenvalues between 0 and 1. */
  readonly response: Tensor;
  /** s²: how much of a picture's difference J does not explain, summed over all numbers of the pictures. */
  readonly noise: number;
}

/** Places in [N, b] of the real numbers. */
export function realPlaces(layout: BlockLayout): number[] {
  return [...blockMask(layout)].flatMap((real, place) => (real === 1 ? [place] : []));
}

/** J σ of every real number, [K] of [pixels], and what solving needs besides. */
export interface Sensitivity {
  readonly spread: Float32Array;
  /** σ JᵀJ σ [K, K]. */
  readonly products: Matrix;
}

export async function measureSensitivity(
  engine: Engine,
  base: TranslatorBase,
  data: WeightDataSet,
  pictures: ConceptPictures,
  coder: BlockCoder,
): Promise<Sensitivity> {
  const places = realPlaces(coder.layout);
  if (places.length > mostNumbers) {
    throw new UserError(
      `A hint is solved for ${mostNumbers} numbers at most, and these blocks hold ${places.length}; take --coordinates components, or --hint-noise 0 for none.`,
    );
  }
  const training = data.entries.filter(({ use }) => use === 'train').flatMap(({ vectors }) => vectors);
  const blocks = training.map((vector) => coder.encode(vector));
  const spread = Float32Array.from(places, (place) => {
    const squares = blocks.reduce((sum, own) => sum + known(own[place], 'number') ** 2, 0);
    return Math.sqrt(squares / blocks.length);
  });
  const { tokens, width } = pictures.encoder;
  const spec = { config: base.config, part: 'adapter', batch: hintPictures, tokens } as const;
  const runner = await TranslatorRunner.create(engine, spec);
  const source = pictures.sources(range(0, hintPictures).map((n) => n % pictures.emoji.trained));
  // No phrase: the same J serves all of them.
  const text = f32([hintPictures, tokens, width], new Float32Array(hintPictures * tokens * width));
  const drawnAt = async (place: number, value: number) => {
    const moved = new Float32Array(coder.layout.count * coder.layout.size);
    moved[place] = value;
    const adapter = unpack(data.layout, denormalised(data.layout, data.normalisation, coder.decode(moved)));
    return (await runner.draw({ ...base.weights, ...adapter }, source, text)).data;
  };
  const columns: Float32Array[] = [];
  for (const [k, place] of places.entries()) {
    const reach = stride * known(spread[k], 'spread');
    const [above, below] = [await drawnAt(place, reach), await drawnAt(place, -reach)];
    columns.push(Float32Array.from(above, (value, i) => (value - known(below[i], 'pixel')) / (2 * stride)));
  }
  await runner.dispose();
  const products = Matrix.zeros(places.length, places.length);
  columns.forEach((own, a) => {
    for (let b = 0; b <= a; b++) {
      const other = known(columns[b], 'column');
      let sum = 0;
      for (let i = 0; i < own.length; i++) sum += (own[i] ?? 0) * (other[i] ?? 0);
      products.set(a, b, sum);
      products.set(b, a, sum);
    }
  });
  return { spread, products };
}

export function hintBasis({ spread, products }: Sensitivity, noise: number): HintBasis {
  const count = spread.length;
  const system = Matrix.add(Matrix.div(products, noise), Matrix.eye(count));
  const inverse = new CholeskyDecomposition(system).solve(Matrix.eye(count));
  return {
    spread: f32([count], spread),
    response: f32([count, count], Float32Array.from(inverse.to1DArray())),
    noise,
  };
}
