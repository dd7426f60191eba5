// `npm run classifier`: trains the network behind FD (Fashion-MNIST CNN) with this project's graph and engine, and writes
// its weights and the statistics of the training images under them.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { nodeRuntime } from '../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../engine/onnx/onnxEngine.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { graphMacs } from '../graph/cost.ts';
import { UserError } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import type { Tensor } from '../lib/tensor.ts';
import { frechetDistance } from '../metrics/frechet.ts';
import {
  encodeStatistics,
  type ReferenceDistance,
  readClassifier,
  scorerFileNames,
} from '../metrics/scorerFiles.ts';
import { classifierParameters } from '../models/classifier.ts';
import { classifierBatches, classifierLoss, freshClassifier } from '../train/classifierTraining.ts';
import { loadDataset } from '../train/dataset.ts';
import { cosine } from '../train/learningRate.ts';
import { layoutOf, pack, unpack } from '../train/parameters.ts';
import { Trainer } from '../train/trainer.ts';
import { buildTrainStep } from '../train/trainStep.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { judge, type RealImages } from './classifierScores.ts';
import { debianFolder, readOriginal } from './fashionMnist.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  data: debianFolder,
  /** The bundled selection, for the distance of its held-out images. */
  bundle: 'public/data/fashion-mnist',
  out: 'public/models',
  /** Starts from the weights in `out`: only the scores and statistics are made again. */
  'scores-only': false,
  steps: 8000,
  batch: 64,
  rate: 2e-3,
  floor: 1e-5,
  warmup: 200,
  'weight-decay': 0.02,
  ema: 0.999,
  shift: 2,
  seed: 0,
  /** One thread is faster than two where other work runs beside it: the operators are small. */
  threads: 1,
};
type Options = typeof defaults;

interface Trained {
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly flops: number;
}

async function train(engine: Engine, options: Options): Promise<Trained> {
  const { images, labels } = await readOriginal(options.data, 'train');
  const { batch, seed, shift } = options;
  const layout = layoutOf(classifierParameters());
  const step = buildTrainStep({
    layout,
    loss: (weight) => classifierLoss(batch, weight),
    optimizer: { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: options['weight-decay'] },
    clipNorm: 1,
    average: 'ema',
  });
  const start = { step: 0, vectors: { parameters: pack(layout, freshClassifier(seed)) } };
  const trainer = await Trainer.create(engine, step, start);
  const batches = classifierBatches({ images, labels, count: labels.length }, { seed, batch, shift });
  const line = progressLine();
  const started = Date.now();
  let running = Number.NaN;
  for (let i = 0; i < options.steps; i++) {
    const rate = cosine(options.rate, options.floor, options.warmup, options.steps, i);
    // The average starts at the fresh weights and widens to its full length.
    const { loss, sound } = await trainer.run(batches(i), rate, Math.max(1 - options.ema, 1 / (i + 10)));
    if (!sound) throw new UserError(`The loss of step ${i} was not finite: try a lower --rate.`);
    running = Number.isNaN(running) ? loss : 0.99 * running + 0.01 * loss;
    const perStep = (Date.now() - started) / 1000 / (i + 1);
    line.show(
      `step ${i + 1}/${options.steps} · loss ${running.toFixed(4)} · ${(perStep * 1000).toFixed(0)} ms a step · ` +
        `${duration(perStep * (options.steps - i - 1))} left`,
    );
  }
  line.end();
  const weights = unpack(layout, await trainer.vector('ema'));
  await trainer.dispose();
  return { weights, flops: options.steps * 2 * graphMacs(step.graph) };
}

/** Writes the weights in half precision; the accuracy in the metadata is that of the written weights. */
async function writeClassifier(
  engine: Engine,
  path: string,
  { weights, flops }: Trained,
  options: Options,
): Promise<void> {
  const test = await readOriginal(options.data, 't10k');
  const halves = await readClassifier(writeSafetensors(weights, {}, { dtype: 'f16' }));
  const full = await judge(engine, weights, test);
  const half = await judge(engine, halves, test);
  console.log(`Test accuracy: ${full.accuracy} in single precision, ${half.accuracy} in half precision.`);
  const metadata = {
    format: 'pt',
    model: 'Fashion-MNIST CNN',
    data: 'Fashion-MNIST, 60,000 training images',
    test_accuracy: String(half.accuracy),
    training_steps: String(options.steps),
    training_flops: String(flops),
    batch: String(options.batch),
    seed: String(options.seed),
  };
  await writeFile(path, writeSafetensors(weights, metadata, { dtype: 'f16' }));
}

async function writeStatistics(
  engine: Engine,
  classifierPath: string,
  path: string,
  options: Options,
): Promise<void> {
  const file = await readFile(classifierPath);
  const weights = await readClassifier(file);
  const train = await judge(engine, weights, await readOriginal(options.data, 'train'));
  const test = await readOriginal(options.data, 't10k');
  const bundle = await loadDataset((name) => readFile(join(options.bundle, name)), 'test');
  const references: ReferenceDistance[] = [];
  for (const { images, set, counts } of [
    { images: 'test images', set: test, counts: [10_000, 5000] },
    { images: 'held-out test images of the bundle', set: bundle, counts: [2000, 1000, 500] },
  ]) {
    for (const count of counts) {
      const { accuracy, statistics } = await judge(engine, weights, firstOf(set, count));
      const distance = frechetDistance(statistics, train.statistics);
      references.push({ images, count, distance });
      console.log(`First ${count} ${images}: accuracy ${accuracy}, FD (Fashion-MNIST CNN) ${distance}.`);
    }
  }
  const statistics = {
    ...train.statistics,
    images: 'Fashion-MNIST, all training images',
    classifier: sha256Hex(file),
    references,
  };
  await writeFile(path, encodeStatistics(statistics));
  console.log(`Training images: accuracy ${train.accuracy}.`);
}

function firstOf({ images, labels }: RealImages, count: number): RealImages {
  return { images: images.subarray(0, count * 28 * 28), labels: labels.subarray(0, count) };
}

runCommand(async () => {
  const { options } = parseOptions('classifier', defaults);
  const engine = onnxEngine(await nodeRuntime('cpu', options.threads));
  const classifierPath = join(options.out, scorerFileNames.classifier);
  await mkdir(options.out, { recursive: true });
  if (!options['scores-only']) {
    await writeClassifier(engine, classifierPath, await train(engine, options), options);
  }
  await writeStatistics(engine, classifierPath, join(options.out, scorerFileNames.statistics), options);
  await engine.dispose();
});
