// diffusion: schedules and kept steps (host), one step's formulas and losses, and whole sampling trajectories (graphs).
import { coefficientRow, coefficientsAt, fedCoefficients } from '../../../diffusion/coefficients.ts';
import {
  addNoise,
  clipToImage,
  learnedLogVariance,
  posteriorMean,
  predictX0,
  splitOutput,
} from '../../../diffusion/gaussian.ts';
import { diffusionLoss } from '../../../diffusion/loss.ts';
import { ddimStep, ddpmStep } from '../../../diffusion/sampler.ts';
import { keptSteps, linearSchedule, respaced, type Schedule } from '../../../diffusion/schedule.ts';
import type { Engine } from '../../../engine/engine.ts';
import { gradients, graphOf, input, mean, type Node } from '../../../graph/index.ts';
import { FileError, known } from '../../../lib/errors.ts';
import { f32, i32, scalar, type Tensor } from '../../../lib/tensor.ts';
import { type DitInputs, dit } from '../../../models/dit.ts';
import { isRecord } from '../../../plan/reading.ts';
import { type CaseRunner, type Checks, type Lab, namesBelow } from '../caseRunner.ts';
import { codeOf, compute, FedTensors } from '../compute.ts';
import { ditShape } from '../ditCase.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { guidedOutput } from '../guidedDit.ts';
import { record } from '../manifest.ts';

export const diffusionCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ config, tensors }) =>
    'diffusion_steps' in config && [...tensors.keys()].some((key) => /^(schedule|step|sampling)\//.test(key)),
  async run(golden, lab) {
    const schedule = linearSchedule(golden.number('diffusion_steps'));
    checkSchedules(golden, lab.checks, schedule);
    if (golden.find('step/inputs/x_start')) await checkStep(golden, lab, schedule);
    for (const [name, settings] of Object.entries(record(golden.manifest.config.runs))) {
      await checkTrajectory(golden, lab, schedule, readRun(golden, name, settings));
    }
  },
};

function spaced(schedule: Schedule, spacing: string): Schedule {
  return spacing === String(schedule.steps) ? schedule : respaced(schedule, spacing);
}

function checkSchedules(golden: GoldenCase, checks: Checks, schedule: Schedule): void {
  for (const name of namesBelow(golden.manifest, 'schedule/')) {
    const [spacing = '', array = ''] = name.split('/');
    const own = array.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const values = Object.entries(spaced(schedule, spacing)).find(([key]) => key === own)?.[1];
    if (values === undefined || typeof values === 'number') {
      throw new FileError(
        `${golden.manifest.path} lists the array ${name}, which a noise schedule does not have.`,
      );
    }
    checks.add(`schedule/${name}`, values);
  }
  for (const spacing of namesBelow(golden.manifest, 'respacing/')) {
    checks.add(`respacing/${spacing}`, keptSteps(schedule.steps, spacing));
  }
}

/** Noising, posterior, model mean and variance, losses, and the gradient of their mean for a given model output. */
async function checkStep(golden: GoldenCase, { engine, checks }: Lab, schedule: Schedule): Promise<void> {
  const fed = new FedTensors('', golden.below('step/inputs/'));
  const [x0, noise, t, output] = ['x_start', 'noise', 't', 'model_output'].map(fed.node) as [
    Node,
    Node,
    Node,
    Node,
  ];
  const c = coefficientsAt(schedule, t);
  const xt = addNoise(x0, noise, c);
  const { noise: estimate, variance } = splitOutput(output, x0.shape[1] ?? 0);
  const predicted = predictX0(xt, estimate, c);
  const clipped = clipToImage(predicted);
  const { mse, vb, loss } = diffusionLoss(schedule, x0, noise, t, output);
  const [gradient] = gradients(mean(loss), [output]);
  const outputs: Record<string, Node | undefined> = {
    'outputs/x_t': xt,
    'outputs/posterior_mean': posteriorMean(x0, xt, c),
    'outputs/posterior_log_variance': c('posteriorLogVarianceClipped'),
    'outputs/p_mean': posteriorMean(predicted, xt, c),
    'outputs/p_log_variance': variance && learnedLogVariance(variance, c),
    'outputs/p_pred_xstart': predicted,
    'outputs/p_mean_clipped': posteriorMean(clipped, xt, c),
    'outputs/p_pred_xstart_clipped': clipped,
    'outputs/mse': mse,
    'outputs/vb': vb,
    'outputs/loss': loss,
    'grads/model_output': known(gradient, 'gradient'),
  };
  const wanted = Object.entries(outputs).flatMap(([key, node]) =>
    node && golden.manifest.tensors.has(`step/${key}`) ? [[key, node] as const] : [],
  );
  const results = await compute(engine, Object.fromEntries(wanted), fed.feeds);
  for (const [key, { data }] of Object.entries(results)) checks.add(`step/${key}`, data);
}

interface Run {
  readonly name: string;
  readonly spacing: string;
  readonly kind: 'ddpm' | 'ddim';
  /** Absent where no guidance is used. */
  readonly scale: number | undefined;
  readonly clipping: 'clipped' | 'free';
}

function readRun(golden: GoldenCase, name: string, settings: unknown): Run {
  const where = `${golden.manifest.path} config.runs.${name}`;
  const { spacing, kind, cfg_scale: scale, clip_denoised: clip, eta } = record(settings);
  if (!isRecord(settings) || (kind !== 'ddpm' && kind !== 'ddim')) {
    throw new FileError(`${where} should have the kind ddpm or ddim, got ${String(kind)}.`);
  }
  if (kind === 'ddim' && typeof eta === 'number' && eta !== 0) {
    throw new FileError(`${where} has eta ${eta}; Scion's DDIM is the deterministic one, eta 0.`);
  }
  return {
    name,
    kind,
    spacing: String(spacing),
    scale: typeof scale === 'number' ? scale : undefined,
    clipping: clip === true ? 'clipped' : 'free',
  };
}

/** From the largest timestep to the smallest, every step's sample and estimate of x_0. */
async function checkTrajectory(
  golden: GoldenCase,
  { engine, checks }: Lab,
  schedule: Schedule,
  run: Run,
): Promise<void> {
  const kept = spaced(schedule, run.spacing);
  const noises = golden.find(`sampling/${run.name}/noise`);
  const { samples, estimates } = await sample(engine, await sampler(golden, run), {
    schedule: kept,
    noise: (step, size) => noises?.data.slice(step * size, (step + 1) * size) ?? new Float32Array(size),
  });
  checks.add(`sampling/${run.name}/sample`, samples);
  checks.add(`sampling/${run.name}/pred_xstart`, estimates);
}

interface Sampler {
  readonly outputs: { readonly sample: Node; readonly predictedX0: Node };
  readonly feeds: Record<string, Tensor>;
  readonly start: Tensor;
}

/** The graph of one step: model, guidance where the run has it, and the step itself. */
async function sampler(golden: GoldenCase, run: Run): Promise<Sampler> {
  const model = await golden.model();
  const shape = ditShape(model);
  const w = new FedTensors('weights/', model.part('weights'));
  const z = golden.tensor('sampling/inputs/z');
  const labels = Array.from(golden.tensor('sampling/inputs/labels').data);
  const guided = run.scale !== undefined;
  const y = guided ? [...labels, ...labels.map(() => golden.number('null_label'))] : labels;
  const state = guided ? [...z.data, ...z.data] : [...z.data];
  const start = f32([y.length, ...z.shape.slice(1)], state);
  const inputs: DitInputs = {
    x: input('x', start.shape),
    timeCode: input('timeCode', codeOf(y).shape),
    y: input('y', [y.length], 'i32'),
  };
  const output = guided
    ? guidedOutput(shape, w.node, inputs, input('scale', []))
    : dit(shape, w.node, inputs).output;
  const c = fedCoefficients();
  const outputs =
    run.kind === 'ddpm'
      ? ddpmStep(inputs.x, output, input('noise', start.shape), c, run.clipping)
      : ddimStep(inputs.x, output, c, run.clipping);
  const feeds = { ...w.feeds, y: i32([y.length], y), scale: scalar(run.scale ?? 1) };
  return { outputs, feeds, start };
}

interface Path {
  readonly schedule: Schedule;
  /** Noise of the step that is taken as the `step`-th, from the largest timestep on. */
  readonly noise: (step: number, size: number) => ArrayLike<number>;
}

async function sample(engine: Engine, { outputs, feeds, start }: Sampler, { schedule, noise }: Path) {
  const program = await engine.compile(graphOf({ ...outputs }));
  const [samples, estimates]: [number[], number[]] = [[], []];
  let x = start;
  for (let step = 0; step < schedule.steps; step++) {
    const index = schedule.steps - 1 - step;
    const row = coefficientRow(schedule, index);
    const t = new Array<number>(start.shape[0] ?? 0).fill(schedule.timestepMap[index] ?? -1);
    const results = await program.run({
      ...feeds,
      x,
      timeCode: codeOf(t),
      coefficients: f32([row.length], row),
      noise: f32(start.shape, noise(step, start.data.length)),
    });
    x = await known(results.sample, 'sample').read();
    const estimate = await known(results.predictedX0, 'estimate').read();
    for (const result of Object.values(results)) result.dispose();
    for (const value of x.data) samples.push(value);
    for (const value of estimate.data) estimates.push(value);
  }
  await program.dispose();
  return { samples, estimates };
}
