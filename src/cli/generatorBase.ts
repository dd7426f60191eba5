// `npm run generator:base`: trains the translator's base on several representative concepts, told which by its text.
// Resumable: it goes on from the state it saved, as long as no setting has changed.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { representativeConcepts } from '../generator/concepts/representative.ts';
import { drawnSamples, range, samplesOf } from '../generator/data/batches.ts';
import { translatorBasePath } from '../generator/paths.ts';
import { encodeBase } from '../generator/translator/baseFile.ts';
import { ourTranslator } from '../generator/translator/configuration.ts';
import { freshJudge, freshTranslator } from '../generator/translator/freshWeights.ts';
import { pictureOf, picturesPng } from '../generator/translator/pictureTensor.ts';
import { TranslatorRunner } from '../generator/translator/runner.ts';
import { decodeState, encodeState } from '../generator/translator/stateFile.ts';
import {
  firstState,
  judgeLayout,
  TranslatorTrainer,
  trainedLayout,
} from '../generator/translator/trainer.ts';
import { known } from '../lib/errors.ts';
import { canonicalJson } from '../lib/hash.ts';
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
  steps: 6000,
  batch: 16,
  rate: 1e-3,
  floor: 1e-5,
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
  const recipe = canonicalJson({
    config,
    concepts: concepts.map(({ id }) => id),
    ...{ steps, batch, rate, floor, warmup, seed },
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
  const runner = await TranslatorRunner.create(engine, {
    config,
    part: 'everything',
    batch: shownEmoji,
    statisticsBatch,
    tokens,
  });
  const statistics = await runner.statistics(
    trained,
    concepts.map((concept, n) =>
      pictures.batch(samplesOf(concept, range(n * statisticsBatch, (n + 1) * statisticsBatch))),
    ),
  );
  const weights = { ...trained, ...statistics };
  await mkdir(dirname(options.out), { recursive: true });
  const file = encodeBase(
    { config, weights, judge: unpack(judgeLayout(config), vectors.d) },
    { recipe, steps: String(steps) },
  );
  await writeFile(options.out, file);

  const held = range(pictures.emoji.trained, pictures.emoji.trained + shownEmoji);
  const sheet = [];
  for (const concept of concepts) {
    const { source, target, text } = pictures.batch(samplesOf(concept, held));
    const drawn = await runner.draw(weights, source, text);
    for (const tensor of [source, target, drawn]) {
      sheet.push(...held.map((_, n) => pictureOf(known(tensor, 'pictures'), n)));
    }
  }
  const png = join(generatorCache, 'base.png');
  await writeFile(png, picturesPng(sheet, shownEmoji));
  console.log(
    `Wrote ${options.out} (${(file.length / 1024).toFixed(0)} KiB) after ${steps} steps, ${failures} left out; ` +
      `running L1 ${shown.toFixed(4)}; held-out pictures (source, target, drawn) in ${png}.`,
  );
});
