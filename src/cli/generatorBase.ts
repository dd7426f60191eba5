// `npm run generator:base`: trains the translator's base together with an adapter for every concept that is not held out.
// Resumable: it goes on from the state it saved, as long as no setting but the length has changed.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { phraseOf } from '../generator/concepts/concept.ts';
import type { Picture } from '../generator/concepts/picture.ts';
import { representativeConcepts } from '../generator/concepts/representative.ts';
import { drawnSamples, range, type Sample, samplesOf } from '../generator/data/batches.ts';
import { ourCombinations, trainingConcepts } from '../generator/dataset/trainingConcepts.ts';
import { meanDistance } from '../generator/denoiser/drawnDistance.ts';
import { translatorBasePath } from '../generator/paths.ts';
import { adapterLayout } from '../generator/translator/adapter.ts';
import { decodeBase, encodeBase } from '../generator/translator/baseFile.ts';
import { ourTranslator, type TranslatorConfig } from '../generator/translator/configuration.ts';
import {
  freshAdapter,
  freshJudge,
  freshTranslator,
  frozenDown,
  sharedAdapterSeed,
} from '../generator/translator/freshWeights.ts';
import { pictureOf, picturesPng } from '../generator/translator/pictureTensor.ts';
import { TranslatorRunner } from '../generator/translator/runner.ts';
import { decodeState, encodeState } from '../generator/translator/stateFile.ts';
import { StatisticsPass } from '../generator/translator/statisticsPass.ts';
import { adapterTable, centred } from '../generator/translator/together.ts';
import {
  firstState,
  judgeLayout,
  type TranslatorState,
  TranslatorTrainer,
  trainedLayout,
} from '../generator/translator/trainer.ts';
import { known } from '../lib/errors.ts';
import { canonicalJson } from '../lib/hash.ts';
import { f32, i32, type Tensor } from '../lib/tensor.ts';
import { cosine } from '../train/learningRate.ts';
import { unpack } from '../train/parameters.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { fileStore } from './fileStore.ts';
import { bundledPictures, generatorCache, wordVectors } from './generatorParts.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  out: join('public', translatorBasePath),
  /** A folder with an ONNX text encoder; without it, the bundled word vectors. */
  'text-encoder': wordVectors,
  engine: 'onnx',
  threads: 0,
  combinations: ourCombinations,
  steps: 6000,
  batch: 16,
  rate: 2e-3,
  floor: 2e-5,
  warmup: 100,
  seed: 0,
  'save-seconds': 60,
};
/** Batches over which the statistics of the normalisations are measured. */
const statisticsBatches = 128;
/** Concepts that the card lists by name. */
const shownConcepts = new Set(representativeConcepts.map(({ id }) => id));
/** Held-out emoji in the sheet of samples, and steps over which the shown loss is averaged. */
const shownEmoji = 8;
const smoothing = 0.98;

runCommand(async () => {
  const { options } = parseOptions('generator:base', defaults);
  const { steps, batch, rate, floor, warmup, seed } = options;
  const pictures = await bundledPictures(options['text-encoder']);
  const { tokens, width } = pictures.encoder;
  const config: TranslatorConfig = { ...ourTranslator, shape: { ...ourTranslator.shape, context: width } };
  const concepts = trainingConcepts(options.combinations);
  const rowOf = new Map(concepts.map(({ id }, row) => [id, row]));
  const recipe = canonicalJson({
    config,
    concepts: concepts.map(({ id }) => id),
    ...{ batch, rate, floor, warmup, seed },
  });
  const engine = await engineNamed(options.engine, options.threads);
  const store = await fileStore(join(generatorCache, 'base'));
  const saved = await store.read('state');
  const found = saved && (await decodeState(saved, 'the saved state', recipe));
  const downs = frozenDown(config);
  const spec = { config, part: 'together', batch, tokens, concepts: concepts.length } as const;
  const trainer = await TranslatorTrainer.create(engine, spec, downs);
  trainer.begin(found ?? firstTogether(config, concepts.length, seed));
  const samples = drawnSamples(concepts, pictures.emoji.trained, { seed, purpose: 'base', batch });
  const rowsOf = (drawn: readonly Sample[]) =>
    drawn.map(({ concept }) => known(rowOf.get(concept.id), 'row'));
  const lengths = plannedLengths(await store.read('lengths'), trainer.step, steps);
  await store.write('lengths', new TextEncoder().encode(JSON.stringify(lengths)));
  const line = progressLine();
  const save = async () => store.write('state', encodeState(await trainer.state(), recipe));
  const [started, first] = [Date.now(), trainer.step];
  let [savedAt, shown, failures] = [Date.now(), Number.NaN, 0];
  while (trainer.step < steps) {
    const { step } = trainer;
    const drawn = samples(step + failures);
    const learningRate = cosine(rate, floor, warmup, steps, step);
    const losses = await trainer.run(pictures.batch(drawn), learningRate, i32([batch], rowsOf(drawn)));
    // All targets of so many concepts would be gigabytes.
    pictures.forget();
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
  const { [adapterTable]: rows, ...trained } = unpack(
    trainedLayout(config, 'together', concepts.length),
    vectors.g,
  );
  const { weights: middle, table } = centred(config, { ...trained, ...downs }, known(rows, adapterTable));
  const pass = await StatisticsPass.create(engine, { config, part: 'together', batch, tokens });
  const statistics = await pass.over(
    middle,
    Array.from({ length: statisticsBatches }, (_, n) => {
      const drawn = samples(steps + failures + n);
      return { ...pictures.batch(drawn), adapters: adaptersFor(config, middle, table, rowsOf(drawn)) };
    }),
  );
  const file = encodeBase(
    { config, weights: { ...middle, ...statistics }, judge: unpack(judgeLayout(config), vectors.d) },
    { recipe, steps: String(steps) },
  );
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, file);

  // Measured as it will be read: in half precision.
  const { weights } = await decodeBase(file, options.out);
  const held = range(pictures.emoji.trained, pictures.emoji.names.length);
  const runner = await TranslatorRunner.create(engine, {
    ...{ config, part: 'adapter', batch: held.length, tokens },
  });
  const sheet: Picture[] = [];
  const lines: string[] = [];
  let [bare, all] = [0, 0];
  for (const concept of concepts) {
    const { source, target, text } = pictures.batch(samplesOf(concept, held));
    pictures.forget();
    const own = unpack(
      adapterLayout(config),
      rowWith(config, weights, table, known(rowOf.get(concept.id), 'row')),
    );
    const drawn = await runner.draw({ ...weights, ...own }, source, text);
    const alone = await runner.draw(
      { ...weights, ...freshAdapter(config, weights, sharedAdapterSeed) },
      source,
      text,
    );
    bare += meanDistance(alone, target) / concepts.length;
    all += meanDistance(drawn, target) / concepts.length;
    if (!shownConcepts.has(concept.id)) continue;
    const cells = [source, alone, drawn].map((picture) => meanDistance(picture, target).toFixed(4));
    lines.push(`| ${[phraseOf(concept), ...cells].join(' | ')} |`);
    for (const tensor of [source, target, drawn]) {
      for (let n = 0; n < shownEmoji; n++) sheet.push(pictureOf(tensor, n));
    }
  }
  const png = join(generatorCache, 'base.png');
  await writeFile(png, picturesPng(sheet, shownEmoji));
  const numbers = trainedLayout(config, 'everything').size;
  const card = [
    '# Translator, base',
    '',
    `\`${options.out.split('/').at(-1)}\`, half precision, ${(file.length / 1024).toFixed(0)} KiB, with its discriminator (\`d/…\`). Made by`,
    '`npm run generator:base`; this card is written by the same command. An E2GAN-like image-to-image net (arXiv 2401.06127)',
    `at width ${config.shape.width}${config.shape.skips === 'sum' ? ' with summed skips (ours)' : ''}, ${numbers} numbers, told by text what to draw.`,
    '',
    `Trained together with an adapter of ${adapterLayout(config).size} numbers for each of ${concepts.length} concepts, none of them held out (ours: the paper`,
    `trains its base on a few concepts as it is): ${steps} steps of ${batch} pairs (pix2pix's loss, λ 100; Adam, rate ${rate} to ${floor} by`,
    `cosine${changesText(lengths)}; seed ${seed}) on ${pictures.emoji.trained} emoji; ${failures} steps were left out. The mean of these adapters was then`,
    'put into the base, and the adapters were left behind: those that the generator learns from are trained anew, one concept at a time.',
    '',
    `Mean absolute distance to the target on ${held.length} held-out emoji, pictures between −1 and 1: of the base alone ${bare.toFixed(4)}, with`,
    `each concept's own adapter ${all.toFixed(4)}. Some of them:`,
    '',
    '| concept | source | base alone | with its adapter |',
    '|---|---:|---:|---:|',
    ...lines,
    '',
    "Licence: Apache-2.0; the pictures' licences are in `public/data/emoji`.",
    '',
  ];
  await writeFile(options.out.replace(/\.safetensors$/, '.md'), card.join('\n'));
  console.log(
    `Wrote ${options.out} (${(file.length / 1024).toFixed(0)} KiB) and its card after ${steps} steps, ${failures} left out; ` +
      `held-out L1 ${bare.toFixed(4)} alone, ${all.toFixed(4)} with adapters; held-out pictures (source, target, drawn) in ${png}.`,
  );
});

function firstTogether(config: TranslatorConfig, concepts: number, seed: number): TranslatorState {
  const size = adapterLayout(config).size;
  const nothing = f32([concepts, size], new Float32Array(concepts * size));
  const weights = { ...freshTranslator(config, seed), [adapterTable]: nothing };
  return firstState(config, 'together', weights, freshJudge(config, seed), concepts);
}

/** A concept's adapter [P]: what its row adds, and where the base has a tensor of that name, the base's. */
function rowWith(
  config: TranslatorConfig,
  base: Readonly<Record<string, Tensor>>,
  table: Tensor,
  row: number,
): Float32Array {
  const { entries, size } = adapterLayout(config);
  const own = Float32Array.from(table.data.subarray(row * size, (row + 1) * size));
  for (const { name, offset } of entries) {
    base[name]?.data.forEach((value, i) => {
      own[offset + i] = known(own[offset + i], name) + value;
    });
  }
  return own;
}

/** The adapters' tensors with a leading axis [B]. */
function adaptersFor(
  config: TranslatorConfig,
  base: Readonly<Record<string, Tensor>>,
  table: Tensor,
  rows: readonly number[],
): Record<string, Tensor> {
  const vectors = rows.map((row) => rowWith(config, base, table, row));
  return Object.fromEntries(
    adapterLayout(config).entries.map(({ name, shape, offset, size }) => {
      const data = new Float32Array(rows.length * size);
      vectors.forEach((vector, n) => {
        data.set(vector.subarray(offset, offset + size), n * size);
      });
      return [name, f32([rows.length, ...shape], data)];
    }),
  );
}

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
