// `npm run generator:base`: trains the translator's base on several representative concepts, told which by its text.
// Resumable: it goes on from the state it saved, as long as no setting but the length has changed.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { phraseOf } from '../generator/concepts/concept.ts';
import type { Picture } from '../generator/concepts/picture.ts';
import { representativeConcepts } from '../generator/concepts/representative.ts';
import { drawnSamples, range, samplesOf } from '../generator/data/batches.ts';
import { translatorBasePath } from '../generator/paths.ts';
import { decodeBase, encodeBase } from '../generator/translator/baseFile.ts';
import { ourTranslator } from '../generator/translator/configuration.ts';
import { freshJudge, freshTranslator } from '../generator/translator/freshWeights.ts';
import { pictureOf, picturesPng } from '../generator/translator/pictureTensor.ts';
import { TranslatorRunner } from '../generator/translator/runner.ts';
import { decodeState, encodeState } from '../generator/translator/stateFile.ts';
import { StatisticsPass } from '../generator/translator/statisticsPass.ts';
import {
  firstState,
  judgeLayout,
  TranslatorTrainer,
  trainedLayout,
} from '../generator/translator/trainer.ts';
import { canonicalJson } from '../lib/hash.ts';
import type { Tensor } from '../lib/tensor.ts';
import { cosine } from '../train/learningRate.ts';
import { unpack } from '../train/parameters.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { fileStore } from './fileStore.ts';
import { bundledPictures, generatorCache } from './generatorParts.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  out: join('public', translatorBasePath),
  engine: 'onnx',
  threads: 0,
  steps: 3000,
  batch: 16,
  rate: 2e-3,
  floor: 2e-5,
  warmup: 100,
  seed: 0,
  'save-seconds': 60,
};
/** Pictures of one batch when statistics are measured, and batches of each concept. */
const statisticsBatch = 32;
/** Held-out emoji in the sheet of samples, and steps over which the shown loss is averaged. */
const shownEmoji = 8;
const smoothing = 0.98;

runCommand(async () => {
  const { options } = parseOptions('generator:base', defaults);
  const { steps, batch, rate, floor, warmup, seed } = options;
  const config = ourTranslator;
  const concepts = representativeConcepts;
  // Neither ranks nor factor of the adapters change what the base learns.
  const { shape, judgeWidth, side } = config;
  const recipe = canonicalJson({
    config: { shape, judgeWidth, side },
    concepts: concepts.map(({ id }) => id),
    ...{ batch, rate, floor, warmup, seed },
  });
  const pictures = await bundledPictures();
  const { tokens } = pictures.encoder;
  const engine = await engineNamed(options.engine, options.threads);
  const store = await fileStore(join(generatorCache, 'base'));
  const saved = await store.read('state');
  const found = saved && (await decodeState(saved, 'the saved state', recipe));
  const trainer = await TranslatorTrainer.create(engine, { config, part: 'everything', batch, tokens }, {});
  trainer.begin(
    found ?? firstState(config, 'everything', freshTranslator(config, seed), freshJudge(config, seed)),
  );
  const samples = drawnSamples(concepts, pictures.emoji.trained, { seed, purpose: 'base', batch });
  const lengths = plannedLengths(await store.read('lengths'), trainer.step, steps);
  await store.write('lengths', new TextEncoder().encode(JSON.stringify(lengths)));
  const line = progressLine();
  const save = async () => store.write('state', encodeState(await trainer.state(), recipe));
  const [started, first] = [Date.now(), trainer.step];
  let [savedAt, shown, failures] = [Date.now(), Number.NaN, 0];
  while (trainer.step < steps) {
    const { step } = trainer;
    const learningRate = cosine(rate, floor, warmup, steps, step);
    const losses = await trainer.run(pictures.batch(samples(step + failures)), learningRate);
    if (!losses.sound) failures++;
    else
      shown = Number.isNaN(shown) ? losses.distance : smoothing * shown + (1 - smoothing) * losses.distance;
    const perStep = (Date.now() - started) / 1000 / Math.max(1, trainer.step - first);
    line.show(
      `step ${trainer.step}/${steps} · L1 ${shown.toFixed(4)} · judge ${(losses.made + losses.real).toFixed(2)} · ` +
        `${(perStep * 1000).toFixed(0)} ms a step · ${duration(perStep * (steps - trainer.step))} left`,
    );
    if (Date.now() - savedAt > options['save-seconds'] * 1000) {
      await save();
      savedAt = Date.now();
    }
  }
  await save();
  line.end();

  const { vectors } = await trainer.state();
  const trained = unpack(trainedLayout(config, 'everything'), vectors.g);
  const held = range(pictures.emoji.trained, pictures.emoji.names.length);
  const runner = await TranslatorRunner.create(engine, {
    config,
    part: 'everything',
    batch: held.length,
    tokens,
  });
  const pass = await StatisticsPass.create(engine, { config, batch: statisticsBatch, tokens });
  const statistics = await pass.over(
    trained,
    concepts.map((concept, n) =>
      pictures.batch(samplesOf(concept, range(n * statisticsBatch, (n + 1) * statisticsBatch))),
    ),
  );
  const file = encodeBase(
    { config, weights: { ...trained, ...statistics }, judge: unpack(judgeLayout(config), vectors.d) },
    { recipe, steps: String(steps) },
  );
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, file);

  // Measured as it will be read: in half precision.
  const { weights } = await decodeBase(file, options.out);
  const sheet: Picture[] = [];
  const rows: string[] = [];
  for (const concept of concepts) {
    const { source, target, text } = pictures.batch(samplesOf(concept, held));
    const drawn = await runner.draw(weights, source, text);
    rows.push(
      `| ${phraseOf(concept)} | ${meanDistance(source, target).toFixed(4)} | ${meanDistance(drawn, target).toFixed(4)} |`,
    );
    for (const tensor of [source, target, drawn]) {
      for (let n = 0; n < shownEmoji; n++) sheet.push(pictureOf(tensor, n));
    }
  }
  const png = join(generatorCache, 'base.png');
  await writeFile(png, picturesPng(sheet, shownEmoji));
  const card = [
    '# Translator, base',
    '',
    `\`${options.out.split('/').at(-1)}\`, half precision, ${(file.length / 1024).toFixed(0)} KiB, with its discriminator (\`d/…\`). Made by`,
    '`npm run generator:base`; this card is written by the same command. An E2GAN-like image-to-image net (arXiv 2401.06127)',
    `at width ${config.shape.width}${config.shape.skips === 'sum' ? ' with summed skips (ours)' : ''}, ${trainedLayout(config, 'everything').size} numbers, told by text which of ${concepts.length} concepts to draw.`,
    '',
    `Trained for ${steps} steps of ${batch} pairs (pix2pix's loss, λ 100; Adam, rate ${rate} to ${floor} by cosine${changesText(lengths)}; seed ${seed}) on ${pictures.emoji.trained} emoji;`,
    `${failures} steps were left out. Mean absolute distance to the target on ${held.length} held-out emoji, pictures between −1 and 1:`,
    '',
    '| concept | source | drawn |',
    '|---|---:|---:|',
    ...rows,
    '',
    "Licence: Apache-2.0; the pictures' licences are in `public/data/emoji`.",
    '',
  ];
  await writeFile(options.out.replace(/\.safetensors$/, '.md'), card.join('\n'));
  console.log(
    `Wrote ${options.out} (${(file.length / 1024).toFixed(0)} KiB) and its card after ${steps} steps, ${failures} left out; ` +
      `running L1 ${shown.toFixed(4)}; held-out pictures (source, target, drawn) in ${png}.`,
  );
});

/** The length that the cosine was planned for, from a step on: a run that is called again may be cut or lengthened. */
interface PlannedLength {
  readonly from: number;
  readonly steps: number;
}

function plannedLengths(saved: Uint8Array | undefined, from: number, steps: number): PlannedLength[] {
  const before: PlannedLength[] = saved ? JSON.parse(new TextDecoder().decode(saved)) : [];
  const kept = before.filter((one) => one.from < from);
  return kept.at(-1)?.steps === steps ? kept : [...kept, { from, steps }];
}

function changesText(lengths: readonly PlannedLength[]): string {
  const changes = lengths.slice(1).map(({ from }, i) => `over ${lengths[i]?.steps} steps until step ${from}`);
  return changes.length === 0 ? '' : `, planned ${changes.join(', ')}`;
}

function meanDistance(a: Tensor, b: Tensor): number {
  let sum = 0;
  a.data.forEach((value, i) => {
    sum += Math.abs(value - (b.data[i] ?? Number.NaN));
  });
  return sum / a.data.length;
}
