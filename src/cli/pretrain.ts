// `npm run pretrain`: trains the bundled base on Fashion-MNIST with this project's graph and engine, resumable.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linearSchedule } from '../diffusion/schedule.ts';
import { nodeRuntime } from '../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../engine/onnx/onnxEngine.ts';
import { memorySource } from '../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import { graphMacs } from '../graph/cost.ts';
import { known } from '../lib/errors.ts';
import { f32, type Tensor } from '../lib/tensor.ts';
import { standardFrame } from '../models/fixedTables.ts';
import { metadataOf, shapeFromMetadata } from '../models/metadata.ts';
import { parameterShapes } from '../models/parameterShapes.ts';
import type { DitShape } from '../models/shape.ts';
import { diffusionBatches } from '../train/diffusionBatches.ts';
import { ditLoss, fixedFeeds } from '../train/ditTraining.ts';
import { freshDit } from '../train/freshDit.ts';
import { cosine } from '../train/learningRate.ts';
import { layoutOf, type ParameterLayout, pack, unpack } from '../train/parameters.ts';
import { Trainer, type TrainerState } from '../train/trainer.ts';
import { buildTrainStep } from '../train/trainStep.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { debianFolder, readOriginal } from './fashionMnist.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  data: debianFolder,
  /** Weights to start from; without them the model starts fresh. */
  from: '',
  /** Compute that went into `from`, in FLOP, added to what is reported. */
  'from-flops': 0,
  out: 'public/models/dit-fashion-mnist.safetensors',
  checkpoint: '.cache/pretrain/state.safetensors',
  width: 128,
  depth: 8,
  heads: 4,
  steps: 30_000,
  batch: 64,
  rate: 1e-3,
  floor: 1e-5,
  warmup: 300,
  'label-dropout': 0.1,
  ema: 0.999,
  seed: 0,
  'save-seconds': 120,
  threads: 0,
};

interface Start {
  readonly shape: DitShape;
  readonly weights: Readonly<Record<string, Tensor>>;
}

async function startFrom(options: typeof defaults): Promise<Start> {
  if (options.from !== '') {
    const { metadata, tensors } = await readSafetensors(
      memorySource(await readFile(options.from), options.from),
    );
    const shape = known(shapeFromMetadata(metadata), `model shape in the metadata of ${options.from}`);
    return { shape, weights: Object.fromEntries(tensors) };
  }
  const { width, depth, heads } = options;
  const shape = {
    inputSize: 32,
    patchSize: 4,
    channels: 1,
    width,
    depth,
    heads,
    mlpRatio: 4,
    classes: 10,
    learnSigma: true,
  };
  return { shape, weights: freshDit(shape, options.seed) };
}

const vectorNames = ['parameters', 'm', 'v', 'ema'] as const;

async function saveState(path: string, state: TrainerState): Promise<void> {
  const tensors = Object.fromEntries(
    vectorNames.flatMap((name) => {
      const vector = state.vectors[name];
      return vector ? [[name, f32([vector.length], vector)]] : [];
    }),
  );
  await mkdir(dirname(path), { recursive: true });
  const whole = `${path}.new`;
  await writeFile(whole, writeSafetensors(tensors, { step: String(state.step) }, { dtype: 'f32' }));
  await rename(whole, path);
}

async function loadState(path: string): Promise<TrainerState | undefined> {
  if (!existsSync(path)) return undefined;
  const { metadata, tensors } = await readSafetensors(memorySource(await readFile(path), path));
  const vectors = Object.fromEntries(
    vectorNames.map((name) => [name, Float32Array.from(known(tensors.get(name), name).data)]),
  );
  return { step: Number(metadata.step), vectors };
}

async function saveModel(
  path: string,
  shape: DitShape,
  layout: ParameterLayout,
  ema: Float32Array,
  facts: Record<string, string>,
): Promise<void> {
  const tensors = {
    ...unpack(layout, ema),
    pos_embed: standardFrame(shape).position,
  };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, writeSafetensors(tensors, { ...metadataOf(shape), ...facts }, { dtype: 'f16' }));
}

runCommand(async () => {
  const { options } = parseOptions('pretrain', defaults);
  const { shape, weights } = await startFrom(options);
  const { images, labels } = await readOriginal(options.data, 'train');
  const layout = layoutOf(parameterShapes(shape));
  const schedule = linearSchedule();
  const { batch } = options;
  const step = buildTrainStep({
    layout,
    loss: (weight) => ditLoss(shape, schedule, batch, weight),
    optimizer: { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0 },
    clipNorm: 1,
    average: 'ema',
  });
  const flopsPerStep = 2 * graphMacs(step.graph);
  const engine = onnxEngine(await nodeRuntime('cpu', options.threads));
  const saved = await loadState(options.checkpoint);
  const trainer = await Trainer.create(
    engine,
    step,
    saved ?? { step: 0, vectors: { parameters: pack(layout, weights) } },
  );
  const frame = standardFrame(shape);
  const fixed = Object.fromEntries(
    Object.entries(fixedFeeds(frame, schedule.steps)).map(([name, table]) => [name, engine.upload(table)]),
  );
  const batches = diffusionBatches({ images, labels, count: labels.length }, shape, {
    seed: options.seed,
    purpose: 'pretrain',
    batch,
    timesteps: schedule.steps,
    labelDropout: options['label-dropout'],
  });
  const line = progressLine();
  const save = async () => {
    const state = await trainer.state();
    await saveState(options.checkpoint, state);
    const flops = options['from-flops'] + state.step * flopsPerStep;
    const ema = known(state.vectors.ema, 'average');
    await saveModel(options.out, shape, layout, ema, {
      pretraining_flops: String(flops),
      pretraining_steps: String(state.step),
    });
  };
  let [running, savedAt, first] = [Number.NaN, Date.now(), trainer.step];
  const started = Date.now();
  let failures = 0;
  while (trainer.step < options.steps) {
    const i = trainer.step;
    const rate = cosine(options.rate, options.floor, options.warmup, options.steps, i);
    // The average starts at the weights it is given and widens to its full length.
    const keep = Math.max(1 - options.ema, 1 / (i + 10));
    const result = await trainer.run({ ...fixed, ...batches(i + failures) }, rate, keep);
    for (const extra of Object.values(result.extras)) extra.dispose();
    if (!result.sound) {
      failures++;
      console.error(
        `\nThe loss of step ${i} was not finite; the step is left out and the next batch is tried.`,
      );
      continue;
    }
    running = Number.isNaN(running) ? result.loss : 0.99 * running + 0.01 * result.loss;
    const perStep = (Date.now() - started) / 1000 / (trainer.step - first);
    line.show(
      `step ${trainer.step}/${options.steps} · loss ${running.toFixed(4)} · ${(flopsPerStep / perStep / 1e9).toFixed(1)} GFLOP/s · ` +
        `${(perStep * 1000).toFixed(0)} ms a step · ${duration(perStep * (options.steps - trainer.step))} left`,
    );
    if (Date.now() - savedAt > options['save-seconds'] * 1000) {
      await save();
      savedAt = Date.now();
    }
  }
  await save();
  line.end();
  console.log(`Wrote ${join(options.out)} after ${trainer.step} steps; running loss ${running.toFixed(4)}.`);
});
