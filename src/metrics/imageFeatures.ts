// Runs the bundled classifier over any number of images, batch by batch, on any engine.
import type { Engine, Program } from '../engine/engine.ts';
import { constant, graphOf, input } from '../graph/index.ts';
import { known, ShapeError } from '../lib/errors.ts';
import { f32, type Tensor } from '../lib/tensor.ts';
import { classifier, classifierShape } from '../models/classifier.ts';

const { inputSize, features: featureCount, classes } = classifierShape;
const pixels = inputSize ** 2;

export interface ImageJudgement {
  readonly count: number;
  /** [count, 64] */
  readonly features: Float32Array;
  /** [count, 10] */
  readonly logits: Float32Array;
}

export class ImageFeatures {
  readonly #engine: Engine;
  readonly #program: Program;
  readonly #batch: number;

  private constructor(engine: Engine, program: Program, batch: number) {
    this.#engine = engine;
    this.#program = program;
    this.#batch = batch;
  }

  /** @param batch images of one run; the last run of a set is filled up with grey images that nobody sees */
  static async create(
    engine: Engine,
    weights: Readonly<Record<string, Tensor>>,
    batch: number,
  ): Promise<ImageFeatures> {
    // As constants the weights are laid out for the device once, when the graph is compiled.
    const weight = (name: string) => constant(known(weights[name], `classifier weight ${name}`));
    const images = input('images', [batch, 1, inputSize, inputSize]);
    const program = await engine.compile(graphOf({ ...classifier(weight, images) }));
    return new ImageFeatures(engine, program, batch);
  }

  /** @param images [count, 1, 32, 32]: 8-bit values as asDisplayed() leaves them */
  async of(images: Float32Array): Promise<ImageJudgement> {
    const count = images.length / pixels;
    if (!Number.isInteger(count)) {
      throw new ShapeError(
        `The classifier takes images of ${inputSize}×${inputSize} pixels, and ${images.length} numbers are no whole number of them.`,
      );
    }
    const features = new Float32Array(count * featureCount);
    const logits = new Float32Array(count * classes);
    for (let first = 0; first < count; first += this.#batch) {
      const here = Math.min(this.#batch, count - first);
      const feed = new Float32Array(this.#batch * pixels);
      feed.set(images.subarray(first * pixels, (first + here) * pixels));
      const outputs = await this.#run(feed);
      features.set(outputs.features.subarray(0, here * featureCount), first * featureCount);
      logits.set(outputs.logits.subarray(0, here * classes), first * classes);
    }
    return { count, features, logits };
  }

  async #run(feed: Float32Array): Promise<{ features: Float32Array; logits: Float32Array }> {
    const images = this.#engine.upload(f32([this.#batch, 1, inputSize, inputSize], feed));
    const outputs = await this.#program.run({ images });
    const read = async (name: string) => {
      const output = known(outputs[name], name);
      const { data } = await output.read();
      output.dispose();
      return data instanceof Float32Array ? data : Float32Array.from(data);
    };
    const result = { features: await read('features'), logits: await read('logits') };
    images.dispose();
    return result;
  }

  async dispose(): Promise<void> {
    await this.#program.dispose();
  }
}

/**
 * Images as a screen shows them: cut to [−1, 1] and rounded to 256 levels. Real images are 8-bit and stay what they are,
 * so both sides of the Fréchet distance see one kind of image; NaN stays NaN.
 */
export function asDisplayed(images: Float32Array): Float32Array {
  return images.map((x) => Math.round((Math.min(1, Math.max(-1, x)) + 1) * 127.5) / 127.5 - 1);
}
