// Draws images: one compiled denoising step, fed with each step's numbers; seeds decide everything.
import { coefficientRow, fedCoefficients } from '../diffusion/coefficients.ts';
import { splitOutput } from '../diffusion/gaussian.ts';
import { ddimStep, ddpmStep, defaultGuidedChannels, guide } from '../diffusion/sampler.ts';
import { linearSchedule, respaced } from '../diffusion/schedule.ts';
import type { DeviceTensor, Engine, Feed, Program } from '../engine/engine.ts';
import { broadcast, concat, constant, type Graph, graphOf, input, type Node } from '../graph/index.ts';
import { known } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { f32, i32, scalar, type Tensor } from '../lib/tensor.ts';
import { type DitInputs, dit, type SlotOperators, timeCodeWidth, type Weights } from '../models/dit.ts';
import { type DitFrame, timeRow } from '../models/fixedTables.ts';
import { parameterShapes } from '../models/parameterShapes.ts';
import { type DitShape, gridOf } from '../models/shape.ts';
import { cut, layoutOf } from './parameters.ts';

export type SamplerKind = 'ddim' | 'ddpm';

export interface SamplerOptions {
  /** Images of one run of the program. */
  readonly batch: number;
  readonly kind: SamplerKind;
  /** `plain` runs the model once an image and takes no scale; `guided` runs it with and without the label. */
  readonly guidance: 'guided' | 'plain';
}

/**
 * One denoising step. Inputs: `parameters` (flat, layoutOf(parameterShapes)), `pos_embed`, `x` [B, C, H, W], `y` [B],
 * `time_code` [1, 256], `coefficients`, and `scale` when guided, `step_noise` for DDPM. Outputs: `sample`, `x0`.
 */
export function samplingGraph(shape: DitShape, grafts: SlotOperators, options: SamplerOptions): Graph {
  const { sample, x0 } = samplingStep(shape, grafts, options);
  return graphOf({ sample, x0 });
}

/** The nodes of a step, [B, C, H, W] each: x_{t−1}, the estimate of x_0, and the model's guided noise estimate. */
export interface SamplingStep {
  readonly sample: Node;
  readonly x0: Node;
  readonly noise: Node;
}

export function samplingStep(shape: DitShape, grafts: SlotOperators, options: SamplerOptions): SamplingStep {
  const { batch, kind, guidance } = options;
  const layout = layoutOf(parameterShapes(shape, grafts));
  const weights = cut(layout, input('parameters', [layout.size]));
  const position = input('pos_embed', [1, gridOf(shape) ** 2, shape.width]);
  const weight = (name: string) => (name === 'pos_embed' ? position : known(weights.get(name), name));
  const image = [batch, shape.channels, shape.inputSize, shape.inputSize];
  const [x, y] = [input('x', image), input('y', [batch], 'i32')];
  const inputs: DitInputs = { x, timeCode: input('time_code', [1, timeCodeWidth]), y };
  const output =
    guidance === 'plain'
      ? dit(shape, weight, inputs, grafts).output
      : guidedOutput(shape, weight, inputs, input('scale', []), grafts);
  const c = fedCoefficients();
  const step =
    kind === 'ddim'
      ? ddimStep(x, output, c, 'clipped')
      : ddpmStep(x, output, input('step_noise', image), c, 'clipped');
  return {
    sample: step.sample,
    x0: step.predictedX0,
    noise: splitOutput(output, shape.channels).noise,
  };
}

/** The model's output under classifier-free guidance of scale s, from one pass with and without the labels. */
export function guidedOutput(
  shape: DitShape,
  weight: Weights,
  { x, timeCode, y }: DitInputs,
  scale: Node,
  grafts: SlotOperators,
): Node {
  const labels = concat([y, nullLabels(shape, y.shape[0] ?? 0)], 0);
  const { output } = dit(shape, weight, { x: concat([x, x], 0), timeCode, y: labels }, grafts);
  return guide(output, scale, shape.channels, defaultGuidedChannels(shape.channels)).conditional;
}

function nullLabels(shape: DitShape, batch: number): Node {
  return broadcast(constant(i32([1], [shape.classes])), [batch]);
}

export interface DrawRequest {
  /** One seed and one class an image; both of the length of the batch. */
  readonly seeds: readonly number[];
  readonly classes: readonly number[];
  readonly guidance: number;
  readonly steps: number;
}

export interface DrawnStep {
  /** Steps done, 1 … steps. */
  readonly step: number;
  readonly steps: number;
  /** Estimate of x_0 after this step, [B, C, H, W]. */
  readonly read: () => Promise<Float32Array>;
}

export class Sampler {
  readonly #engine: Engine;
  readonly #program: Program;
  readonly #frame: DitFrame;
  readonly #options: SamplerOptions;
  readonly #position: DeviceTensor;

  private constructor(engine: Engine, program: Program, frame: DitFrame, options: SamplerOptions) {
    this.#engine = engine;
    this.#program = program;
    this.#frame = frame;
    this.#options = options;
    this.#position = engine.upload(frame.position);
  }

  static async create(
    engine: Engine,
    frame: DitFrame,
    grafts: SlotOperators,
    options: SamplerOptions,
  ): Promise<Sampler> {
    const program = await engine.compile(samplingGraph(frame.shape, grafts, options));
    return new Sampler(engine, program, frame, options);
  }

  /** @param parameters the flat vector of the same architecture */
  async *draw(parameters: Feed, request: DrawRequest): AsyncGenerator<DrawnStep> {
    const { batch, kind } = this.#options;
    const { channels, inputSize } = this.#frame.shape;
    const schedule = respaced(linearSchedule(), String(request.steps));
    const image = [batch, channels, inputSize, inputSize];
    const pixels = channels * inputSize ** 2;
    const noiseOf = (name: string, step: number) => {
      const noise = new Float32Array(batch * pixels);
      for (let i = 0; i < batch; i++) {
        const own = randomStream(known(request.seeds[i], 'seed'), 'sample', name);
        own.normal(noise.subarray(i * pixels, (i + 1) * pixels), step * pixels);
      }
      return f32(image, noise);
    };
    const y = i32([batch], Int32Array.from(request.classes));
    let x: DeviceTensor = this.#engine.upload(noiseOf('start', 0));
    try {
      for (let step = request.steps - 1; step >= 0; step--) {
        const time = known(schedule.timestepMap[step], 'timestep');
        const feeds: Record<string, Feed> = {
          parameters,
          pos_embed: this.#position,
          x,
          y,
          time_code: timeRow(this.#frame, time),
          coefficients: vector(coefficientRow(schedule, step)),
        };
        if (this.#options.guidance === 'guided') feeds.scale = scalar(request.guidance);
        if (kind === 'ddpm') feeds.step_noise = noiseOf('steps', step);
        const { sample, x0 } = await this.#program.run(feeds);
        x.dispose();
        x = known(sample, 'sample');
        const estimate = known(x0, 'x0');
        yield {
          step: request.steps - step,
          steps: request.steps,
          read: async () => Float32Array.from((await estimate.read()).data),
        };
        estimate.dispose();
      }
    } finally {
      x.dispose();
    }
  }

  async dispose(): Promise<void> {
    this.#position.dispose();
    await this.#program.dispose();
  }
}

function vector(values: Float32Array): Tensor {
  return f32([values.length], values);
}

/** [−1, 1] to 0 … 255, as shown and as scored. */
export function toBytes(images: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(images.length);
  for (let i = 0; i < images.length; i++) {
    bytes[i] = Math.round(Math.min(1, Math.max(0, ((images[i] ?? 0) + 1) / 2)) * 255);
  }
  return bytes;
}
