// `npm run generator:data`: fine-tunes an adapter for every concept from the one base and packs their late checkpoints.
// Resumable by concept; records of another base or recipe are left alone.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { conceptSplit } from '../generator/concepts/split.ts';
import { decodeConceptRecord, encodeConceptRecord } from '../generator/dataset/conceptRecord.ts';
import { checkpointSteps, fineTune, ourFineTune } from '../generator/dataset/fineTune.ts';
import { ourCombinations } from '../generator/dataset/trainingConcepts.ts';
import {
  encodeWeightDataSet,
  latestOf,
  type RawEntry,
  type WeightDataSet,
  weightDataSet,
} from '../generator/dataset/weightDataSet.ts';
import { neighboursPath, translatorBasePath } from '../generator/paths.ts';
import { requireEncoder } from '../generator/translator/baseFile.ts';
import { TranslatorTrainer } from '../generator/translator/trainer.ts';
import { known, UserError } from '../lib/errors.ts';
import { canonicalJson, sha256Hex } from '../lib/hash.ts';
import { randomStream } from '../lib/random.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { fileStore } from './fileStore.ts';
import {
  bundledPictures,
  bundledTranslator,
  dataSetFile,
  generatorCache,
  wordVectors,
} from './generatorParts.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  base: join('public', translatorBasePath),
  out: dataSetFile,
  neighbours: join('public', neighboursPath),
  /** A folder with an ONNX text encoder; without it, the bundled word vectors. */
  'text-encoder': wordVectors,
  engine: 'onnx',
  threads: 0,
  combinations: ourCombinations,
  steps: ourFineTune.steps,
  batch: ourFineTune.batch,
  rate: ourFineTune.rate,
  checkpoints: ourFineTune.checkpoints,
  every: ourFineTune.every,
  seed: ourFineTune.seed,
  /** Concepts that this call makes at most; the data set is packed once all are there. */
  limit: 1_000_000,
  /** Of several calls side by side, each with a number of its own below `shards` and one thread, this one's. */
  shard: 0,
  shards: 1,
  /** Packs the concepts that are there though others lack; they are made in random order, so they are a fair sample. */
  incomplete: false,
};

/** Steps over which the last loss of a run is averaged for the report. */
const last = 10;

runCommand(async () => {
  const { options } = parseOptions('generator:data', defaults);
  const { steps, batch, rate, checkpoints, every, seed } = options;
  const recipe = { steps, batch, rate, checkpoints, every, seed };
  checkpointSteps(recipe);
  const base = await bundledTranslator(options.base);
  const pictures = await bundledPictures(options['text-encoder']);
  requireEncoder(base, pictures.encoder);
  const key = sha256Hex(canonicalJson({ base: base.hash, ...recipe }));
  const store = await fileStore(join(generatorCache, 'adapters', key.slice(0, 12)));
  const split = conceptSplit(options.combinations);
  const there = new Set((await store.list()).map(({ name }) => name));
  const order = randomStream(seed, 'generator data', 'order').permutation(split.length);
  const lacking = Array.from(order, (n) => known(split[n], 'concept'))
    .filter(({ concept }, n) => n % options.shards === options.shard && !there.has(concept.id))
    .slice(0, options.limit);
  const engine = await engineNamed(options.engine, options.threads);
  const trainer = await TranslatorTrainer.create(
    engine,
    { config: base.config, part: 'adapter', batch, tokens: pictures.encoder.tokens },
    base.weights,
  );
  const line = progressLine();
  const started = Date.now();
  for (const [done, { concept }] of lacking.entries()) {
    const left = done === 0 ? Number.NaN : ((Date.now() - started) / 1000 / done) * (lacking.length - done);
    const made = await fineTune(trainer, base, concept, pictures, recipe, (step, distance) =>
      line.show(
        `${done + 1}/${lacking.length} of ${split.length} · ${concept.id} · step ${step}/${steps} · ` +
          `L1 ${distance.toFixed(4)} · ${Number.isNaN(left) ? '' : `${duration(left)} left`}`,
      ),
    );
    pictures.forget();
    await store.write(concept.id, encodeConceptRecord(concept.id, key, made));
  }
  line.end();

  const raw: RawEntry[] = [];
  let [firstLosses, lastLosses] = [0, 0];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const { concept, part } of split) {
    const bytes = await store.read(concept.id);
    const record = bytes && (await decodeConceptRecord(bytes, concept.id, key));
    if (!record) continue;
    raw.push({ concept, part, vectors: record.vectors });
    firstLosses += mean(record.distances.slice(0, last));
    lastLosses += mean(record.distances.slice(-last));
  }
  if (raw.length < split.length && !options.incomplete) {
    throw new UserError(
      `${raw.length} of ${split.length} concepts are there; call generator:data again to make the others, or with --incomplete to pack these.`,
    );
  }
  const data = weightDataSet(base.config, base.hash, raw);
  const facts = {
    recipe: canonicalJson(recipe),
    concepts_planned: String(split.length),
    first_l1: (firstLosses / raw.length).toFixed(5),
    last_l1: (lastLosses / raw.length).toFixed(5),
  };
  const write = async (path: string, file: Uint8Array) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file);
    console.log(`${path}: ${(file.length / 2 ** 20).toFixed(1)} MiB`);
  };
  await write(options.out, encodeWeightDataSet(data, facts));
  await write(options.neighbours, encodeWeightDataSet(latestOf(data), facts));
  const card = neighboursCard(options, data, facts, split.length);
  await writeFile(options.neighbours.replace(/\.safetensors$/, '.md'), card);
  console.log(
    `${raw.length} concepts of ${checkpoints} checkpoints, ${data.layout.size} numbers each; mean L1 of the first ` +
      `${last} steps ${facts.first_l1}, of the last ${last} ${facts.last_l1}.`,
  );
});

/** The card beside the file that ships, from the run that made it. */
function neighboursCard(
  { neighbours, steps, batch, rate, seed }: typeof defaults,
  { base, entries, layout }: WeightDataSet,
  { first_l1: first, last_l1: end }: { readonly first_l1: string; readonly last_l1: string },
  planned: number,
): string {
  const trained = entries.filter(({ use }) => use === 'train').length;
  return [
    '# Trained adapters',
    '',
    `\`${neighbours.split('/').at(-1)}\`: the last checkpoint of each of ${trained} concepts, ${layout.size} numbers each, normalised, half`,
    `precision. They belong to the base of SHA-256 ${base.slice(0, 16)}…. Made by \`npm run generator:data\`; this card is written by`,
    'the same command. Nearest and mean adapters, and distances to what was trained on, are read from it.',
    '',
    `${entries.length} of ${planned} planned concepts were fine-tuned (${entries.length - trained} of them validate or are held out, and are not in this file): ${steps} steps of ${batch}`,
    `pairs, pix2pix's loss, Adam at ${rate}, seed ${seed}. Mean distance of the first ${last} batches ${first}, of the last ${last} ${end},`,
    'pictures between −1 and 1.',
    '',
    "Licence: Apache-2.0; the pictures' licences are in `public/data/emoji`.",
    '',
  ].join('\n');
}
