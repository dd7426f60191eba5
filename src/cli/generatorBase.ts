// `npm run generator:base`: trains the translator's base together with an adapter for every concept that is not held out.
// Resumable (baseTraining.ts).
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Concept, phraseOf } from '../generator/concepts/concept.ts';
import type { Picture } from '../generator/concepts/picture.ts';
import { representativeConcepts } from '../generator/concepts/representative.ts';
import {
  type ConceptPictures,
  drawnSamples,
  range,
  type Sample,
  samplesOf,
} from '../generator/data/batches.ts';
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
import {
  adapterGradients,
  type GradientCase,
  principalTurns,
  turnedAdapter,
  turnedDowns,
} from '../generator/translator/principalDown.ts';
import { TranslatorRunner } from '../generator/translator/runner.ts';
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
import { f32, i32, type Tensor } from '../lib/tensor.ts';
import { unpack } from '../train/parameters.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { baseDefaults, trainedBase } from './baseTraining.ts';
import { engineNamed } from './engines.ts';
import { bundledPictures, generatorCache } from './generatorParts.ts';

const defaults = {
  ...baseDefaults,
  out: join('public', translatorBasePath),
  combinations: ourCombinations,
};
/** Concepts that the card lists by name. */
const shownConcepts = new Set(representativeConcepts.map(({ id }) => id));
/** Held-out emoji in the sheet of samples. */
const shownEmoji = 8;

runCommand(async () => {
  const { options } = parseOptions('generator:base', defaults);
  const { steps, batch, rate, floor, seed } = options;
  const pictures = await bundledPictures(options['text-encoder']);
  const { tokens, width } = pictures.encoder;
  const config: TranslatorConfig = { ...ourTranslator, shape: { ...ourTranslator.shape, context: width } };
  const concepts = trainingConcepts(options.combinations);
  const rowOf = new Map(concepts.map(({ id }, row) => [id, row]));
  const rowsOf = (drawn: readonly Sample[]) =>
    drawn.map(({ concept }) => known(rowOf.get(concept.id), 'row'));
  const engine = await engineNamed(options.engine, options.threads);
  const spec = { config, part: 'together', batch, tokens, concepts: concepts.length } as const;
  const trainer = await TranslatorTrainer.create(engine, spec, {});
  const { state, recipe, failures, further, changes } = await trainedBase(trainer, options, pictures, {
    ...{ name: 'base', config, concepts, first: firstTogether(config, concepts.length, seed) },
    rows: (drawn) => i32([drawn.length], rowsOf(drawn)),
  });

  const { vectors } = state;
  const { [adapterTable]: rows, ...trained } = unpack(
    trainedLayout(config, 'together', concepts.length),
    vectors.g,
  );
  const { weights: middle, table } = centred(config, trained, known(rows, adapterTable));
  const pass = await StatisticsPass.create(engine, { config, part: 'together', batch, tokens });
  const statistics = await pass.over(
    middle,
    further.map((drawn) => ({
      ...pictures.batch(drawn),
      adapters: adaptersFor(config, middle, table, rowsOf(drawn)),
    })),
  );
  const settled = { ...middle, ...statistics };
  const turns = await principalTurns(
    config,
    adapterGradients(
      engine,
      { config, batch, tokens },
      settled,
      gradientCases(config, settled, table, concepts, pictures, { seed, batch }),
    ),
  );
  const file = encodeBase(
    { config, weights: turnedDowns(settled, turns), judge: unpack(judgeLayout(config), vectors.d) },
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
    const row = rowWith(config, weights, table, known(rowOf.get(concept.id), 'row'));
    const own = unpack(adapterLayout(config), turnedAdapter(config, row, turns));
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
    `cosine${changes}; seed ${seed}) on ${pictures.emoji.trained} emoji; ${failures} steps were left out. The mean of these adapters was then`,
    'put into the base, and the adapters were left behind: those that the generator learns from are trained anew, one concept at a time.',
    'The down projections, which no adapter trains later, were learned with the base, and turned at the end so that the gradients of what',
    'is trained behind them are uncorrelated over these concepts (`principalDown.ts`); no picture changes by that.',
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
  const weights = { ...freshTranslator(config, seed), ...frozenDown(config), [adapterTable]: nothing };
  return firstState(config, 'together', weights, freshJudge(config, seed), concepts);
}

/** Each concept's adapter at one of these shares of its way, from the base's own to where a fine-tune ends. */
const ways = [0, 0.5, 0.9];

function* gradientCases(
  config: TranslatorConfig,
  base: Readonly<Record<string, Tensor>>,
  table: Tensor,
  concepts: readonly Concept[],
  pictures: ConceptPictures,
  { seed, batch }: { readonly seed: number; readonly batch: number },
): Generator<GradientCase> {
  for (const [row, concept] of concepts.entries()) {
    const samples = drawnSamples([concept], pictures.emoji.trained, { seed, purpose: 'turns', batch });
    const adapter = rowWith(config, base, table, row, ways[row % ways.length]);
    yield { batch: pictures.batch(samples(0)), adapter };
    pictures.forget();
  }
}

/** A concept's adapter [P]: what its row adds, or a share of it, and where the base has a tensor of that name, the base's. */
function rowWith(
  config: TranslatorConfig,
  base: Readonly<Record<string, Tensor>>,
  table: Tensor,
  row: number,
  share = 1,
): Float32Array {
  const { entries, size } = adapterLayout(config);
  const own = Float32Array.from(table.data.subarray(row * size, (row + 1) * size), (value) => share * value);
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
