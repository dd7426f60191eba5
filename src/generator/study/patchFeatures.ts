// FD (random patches): the Fréchet distance between colour pictures that this project's study is told in. No trained
// network of a fair licence and size judges 32 × 32 colour emoji, so the features are those of a fixed, randomly
// initialised convolutional net at every eighth pixel: they see colours, edges and small patterns, no meanings. It is no
// FID and must not be compared with one.
import type { Engine, Program } from '../../engine/engine.ts';
import { constant, conv2d, graphOf, input, type Node, relu } from '../../graph/index.ts';
import { known, ShapeError } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, showShape, sizeOf, type Tensor } from '../../lib/tensor.ts';
import { type FeatureStatistics, featureStatistics } from '../../metrics/featureStatistics.ts';

export const fdName = 'FD (random patches)';

/** Channels of three 3 × 3 convolutions of stride 2; the last gives the features of a patch. */
const channels = [16, 32, 48] as const;
const seed = 0x5c10;

/** He-normal (arXiv 1502.01852), the same on every machine. */
function kernel(layer: number, from: number, to: number): Node {
  const shape = [to, from, 3, 3];
  const draw = randomStream(seed, 'patch features', layer).normal(new Float32Array(sizeOf(shape)));
  const deviation = Math.sqrt(2 / (9 * from));
  return constant(
    f32(
      shape,
      draw.map((z) => deviation * z),
    ),
  );
}

export class PatchFeatures {
  readonly #program: Program;
  readonly #batch: number;

  private constructor(program: Program, batch: number) {
    this.#program = program;
    this.#batch = batch;
  }

  static async create(engine: Engine, batch: number, side: number): Promise<PatchFeatures> {
    let features = input('pictures', [batch, 3, side, side]);
    let from = 3;
    for (const [layer, to] of channels.entries()) {
      const convolved = conv2d(features, kernel(layer, from, to), undefined, {
        stride: [2, 2],
        padding: [1, 1],
      });
      features = layer === channels.length - 1 ? convolved : relu(convolved);
      from = to;
    }
    return new PatchFeatures(await engine.compile(graphOf({ features })), batch);
  }

  /** Statistics over all patches of pictures [B, 3, S, S] between −1 and 1. */
  async statistics(pictures: Tensor): Promise<FeatureStatistics> {
    if (pictures.shape[0] !== this.#batch) {
      throw new ShapeError(
        `Features are measured on ${this.#batch} pictures, got ${showShape(pictures.shape)}.`,
      );
    }
    const { features } = await this.#program.run({ pictures });
    const { shape, data } = await known(features, 'features').read();
    features?.dispose();
    const [batch = 0, width = 0, rows = 0, columns = 0] = shape;
    const places = rows * columns;
    const vectors = new Float64Array(batch * places * width);
    for (let n = 0; n < batch; n++) {
      for (let c = 0; c < width; c++) {
        for (let p = 0; p < places; p++) {
          vectors[(n * places + p) * width + c] = data[(n * width + c) * places + p] ?? Number.NaN;
        }
      }
    }
    return featureStatistics(vectors, batch * places, width);
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}
