// Seeded denoising steps on which an exported file is held against the model in memory.
import { coefficientRow } from '../../diffusion/coefficients.ts';
import { linearSchedule, respaced } from '../../diffusion/schedule.ts';
import type { Engine, Feeds } from '../../engine/engine.ts';
import { graphOf } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, i32, scalar, type Tensor } from '../../lib/tensor.ts';
import { type DitFrame, timeRow } from '../../models/fixedTables.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import { graftsOf } from '../../models/pictures.ts';
import type { DitShape } from '../../models/shape.ts';
import { readAll } from '../graft/context.ts';
import { layoutOf, pack } from '../parameters.ts';
import { samplingStep } from '../sampling.ts';
import type { GraftedModel } from './graftedModel.ts';
import { stepOutputs } from './stepGraph.ts';

export interface Probe {
  /** [B, C, H, W] */
  readonly x: Tensor;
  readonly y: Tensor;
  /** Step of the probes' schedule, 0 is the last. */
  readonly step: number;
  readonly guidance: number;
}

/** Steps of the sampler on the canvas. */
const steps = 50;
const schedule = respaced(linearSchedule(), String(steps));
const scales = [1, 2, 4] as const;

/** From pure noise to the last step, all classes in turn. */
export function probesOf(shape: DitShape, batch: number, count: number): Probe[] {
  const { channels, inputSize, classes } = shape;
  const size = batch * channels * inputSize ** 2;
  return Array.from({ length: count }, (_, i) => {
    const noise = randomStream(i, 'export', 'x').normal(new Float32Array(size));
    return {
      x: f32([batch, channels, inputSize, inputSize], noise),
      y: i32(
        [batch],
        Array.from({ length: batch }, (_, image) => (i * batch + image) % classes),
      ),
      step: Math.round(((count - 1 - i) / Math.max(1, count - 1)) * (steps - 1)),
      guidance: known(scales[i % scales.length], 'scale'),
    };
  });
}

export type StepResult = Readonly<Record<(typeof stepOutputs)[number], Tensor>>;

/** What the editor's own sampler answers to the probes. */
export async function samplerSteps(
  engine: Engine,
  model: GraftedModel,
  probes: readonly Probe[],
): Promise<StepResult[]> {
  const { frame, plan, weights } = model;
  const grafts = graftsOf(plan);
  const batch = probes[0]?.y.shape[0] ?? 1;
  const nodes = samplingStep(frame.shape, grafts, { batch, kind: 'ddim', guidance: 'guided' });
  const program = await engine.compile(graphOf({ x_prev: nodes.sample, x0: nodes.x0, eps: nodes.noise }));
  const layout = layoutOf(parameterShapes(frame.shape, grafts));
  const parameters = engine.upload(f32([layout.size], pack(layout, weights)));
  try {
    const results: StepResult[] = [];
    for (const probe of probes) {
      results.push(
        stepResult(await readAll(await program.run({ parameters, ...samplerFeeds(frame, probe) }))),
      );
    }
    return results;
  } finally {
    parameters.dispose();
    await program.dispose();
  }
}

function samplerFeeds(frame: DitFrame, { x, y, step, guidance }: Probe): Feeds {
  const coefficients = coefficientRow(schedule, step);
  return {
    pos_embed: frame.position,
    x,
    y,
    time_code: timeRow(frame, timestepOf(step)),
    coefficients: f32([coefficients.length], coefficients),
    scale: scalar(guidance),
  };
}

/** The same probe as feeds of the exported ONNX file. */
export function fileFeeds(probe: Probe): Record<string, Tensor> {
  const { x, y, guidance } = probe;
  const { t, previous } = timestepsOf(probe);
  return {
    x,
    y,
    t: i32([1], [t]),
    t_prev: i32([1], [previous]),
    guidance: f32([1], [guidance]),
  };
}

/** The timesteps that a probe goes from and to; −1 is the clean image. */
export function timestepsOf({ step }: Probe): { readonly t: number; readonly previous: number } {
  return { t: timestepOf(step), previous: step === 0 ? -1 : timestepOf(step - 1) };
}

function timestepOf(step: number): number {
  return known(schedule.timestepMap[step], 'timestep');
}

export function stepResult(outputs: Readonly<Record<string, Tensor>>): StepResult {
  const { x_prev, x0, eps } = outputs;
  return { x_prev: known(x_prev, 'x_prev'), x0: known(x0, 'x0'), eps: known(eps, 'eps') };
}

/** Where two models differ most, and by how much; NaN where either holds a NaN. */
export interface Deviation {
  readonly value: number;
  readonly output: (typeof stepOutputs)[number];
  readonly timestep: number;
}

/** The largest absolute difference over all outputs of all probes. */
export function largestDeviation(
  probes: readonly Probe[],
  a: readonly StepResult[],
  b: readonly StepResult[],
): Deviation {
  const all = probes.flatMap(({ step }, i) =>
    stepOutputs.map((output) => ({
      value: difference(known(a[i], 'one result')[output], known(b[i], 'the other result')[output]),
      output,
      timestep: timestepOf(step),
    })),
  );
  return known(
    all.find(({ value }) => Number.isNaN(value)) ?? all.sort((p, q) => q.value - p.value)[0],
    'probe',
  );
}

function difference(a: Tensor, b: Tensor): number {
  let largest = 0;
  for (let i = 0; i < a.data.length; i++) {
    largest = Math.max(largest, Math.abs(Number(a.data[i]) - Number(b.data[i]))); // NaN stays NaN
  }
  return largest;
}
