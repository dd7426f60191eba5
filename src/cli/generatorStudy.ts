// `npm run study -- generator`: fine-tunes from every start on held-out concepts and says which start is worth having.
// Resumable by run; runs of other files or settings are left alone.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { phraseOf } from '../generator/concepts/concept.ts';
import { type ConceptSplit, conceptSplit } from '../generator/concepts/split.ts';
import { ourFineTune } from '../generator/dataset/fineTune.ts';
import type { Use } from '../generator/dataset/weightDataSet.ts';
import { decodeGenerator } from '../generator/denoiser/file.ts';
import { entriesOf, recoveryError } from '../generator/denoiser/recoveryError.ts';
import { WeightGenerator } from '../generator/generate.ts';
import { generatorPath, regressorPath, studyPath, translatorBasePath } from '../generator/paths.ts';
import { Shrinkage, shares as wayShares } from '../generator/shrinkage.ts';
import { standIn, studyConcepts } from '../generator/study/choose.ts';
import { type CurvePlan, Lab, type Point } from '../generator/study/curve.ts';
import {
  type Contestants,
  type Method,
  madeForPhrase,
  methods,
  startOf,
} from '../generator/study/methods.ts';
import { reportText } from '../generator/study/report.ts';
import { defaultStart, rowsOf, type StudyRun, verdictOf } from '../generator/study/summary.ts';
import { type UntrainedRow, untrainedRow } from '../generator/study/untrained.ts';
import type { TextEncoder as Encoder } from '../generator/text/textEncoder.ts';
import { requireBase, requireEncoder, type TranslatorBase } from '../generator/translator/baseFile.ts';
import { known, UserError } from '../lib/errors.ts';
import { canonicalJson, sha256Hex } from '../lib/hash.ts';
import { parseOptions } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { fileStore } from './fileStore.ts';
import {
  builtDataSet,
  bundledPictures,
  bundledTranslator,
  dataSetFile,
  generatorCache,
  wordVectors,
} from './generatorParts.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  base: join('public', translatorBasePath),
  json: false,
  /** The record that the program reads its default start from; empty to write none. */
  out: join('public', studyPath),
  /** A folder with an ONNX text encoder; without it, the bundled word vectors. */
  'text-encoder': wordVectors,
  engine: 'onnx',
  threads: 0,
  data: dataSetFile,
  generator: join('public', generatorPath),
  regressor: join('public', regressorPath),
  /** Further generators, e.g. of other block sizes, whose starts alone are compared; between commas. */
  variants: '',
  /** Held-out concepts of each part, and seeds of every run. */
  concepts: 4,
  seeds: 3,
  /** Starts that are run, between commas; empty for all. */
  methods: '',
  batch: ourFineTune.batch,
  /** Steps of an adapter's fine-tune, and of training from scratch. */
  steps: ourFineTune.steps,
  'scratch-steps': 256,
  rate: ourFineTune.rate,
  'scratch-rate': 2e-3,
  /** Lengths of further runs from each start that is no control, and of one more from random and generated adapters. */
  lengths: '4,8,16,24',
  'long-length': 128,
  /** Held-out concepts on which every start is measured before any training, at most. */
  untrained: 1_000,
  /** Pairs of a concept that are trained on; 0 for all. */
  pairs: 0,
  /** Runs that this call makes at most; the report is of those that are there. */
  limit: 1_000_000,
  /** Of several calls side by side, each with a number of its own below `shards` and one thread, this one's. */
  shard: 0,
  shards: 1,
};
const statisticsPictures = 64;
/** Shares of a run at which is measured. */
const shares = [0, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];
const timedCalls = 5;
const allUses: readonly Use[] = ['validation', 'level', 'family', 'combination'];

function pointsOf(steps: number): number[] {
  return [...new Set(shares.map((share) => Math.round(share * steps)))];
}

interface OpenedGenerator {
  readonly generator: WeightGenerator;
  readonly hash: string;
}

async function opened(
  engine: Engine,
  path: string,
  base: TranslatorBase,
  encoder: Encoder,
  command: string,
): Promise<OpenedGenerator> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError(`${path} is not there yet; make it with npm run ${command}.`, { cause });
  });
  const model = await decodeGenerator(bytes, path);
  requireBase(base, model.base, path);
  return { generator: await WeightGenerator.create(engine, model, encoder), hash: sha256Hex(bytes) };
}

async function secondsOf(generator: WeightGenerator): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < timedCalls; i++) {
    const begun = performance.now();
    await generator.generate('halftone, fine', { seed: i });
    times.push((performance.now() - begun) / 1000);
  }
  return known(times.sort((a, b) => a - b)[Math.floor(timedCalls / 2)], 'median');
}

interface VariantRow {
  readonly file: string;
  readonly blockSize: number;
  readonly grouping: string;
  readonly prediction: string;
  readonly blocks: number;
  readonly seconds: number;
  /** Recovery error by use. */
  readonly errors: Readonly<Record<string, number>>;
  /** Mean held-out L1 and FD before any training, over the study's concepts. */
  readonly distance: number;
  readonly fd: number;
}

async function variantRow(
  file: string,
  generator: WeightGenerator,
  lab: Lab,
  field: Contestants,
  concepts: readonly ConceptSplit[],
): Promise<VariantRow> {
  const { config } = generator.model;
  const errors: Record<string, number> = {};
  for (const use of allUses) {
    const entries = entriesOf(field.data, use);
    if (entries.length > 0) errors[use] = await recoveryError(generator, entries);
  }
  let [distance, fd] = [0, 0];
  for (const { concept } of concepts) {
    const { adapter } = await generator.generate(phraseOf(concept), { seed: 0 });
    const quality = await lab.quality('adapter', { ...field.base.weights, ...adapter }, concept);
    distance += quality.distance / concepts.length;
    fd += quality.fd / concepts.length;
  }
  return {
    ...{
      file: file.split('/').at(-1) ?? file,
      blockSize: config.blockSize,
      grouping: config.grouping,
      prediction: config.prediction,
    },
    ...{ blocks: generator.layout.count, seconds: await secondsOf(generator), errors, distance, fd },
  };
}

function variantTable(rows: readonly VariantRow[]): string {
  const lines = rows.map((row) =>
    [
      row.file,
      `${row.blockSize} by ${row.grouping}, ${row.prediction}`,
      row.blocks,
      row.seconds.toFixed(2),
      Object.entries(row.errors)
        .map(([use, error]) => `${use} ${error.toFixed(3)}`)
        .join(', '),
      row.distance.toFixed(4),
      row.fd.toFixed(2),
    ].join(' | '),
  );
  return [
    'Variants, before any training',
    '| file | blocks of | count | seconds | recovery error (mean adapter 1) | L1 | FD (random patches) |',
    '|---|---|---:|---:|---|---:|---:|',
    ...lines.map((line) => `| ${line} |`),
    '',
  ].join('\n');
}

export async function generatorStudy(argv: string[]): Promise<void> {
  const { options } = parseOptions('study generator', defaults, argv);
  const engine = await engineNamed(options.engine, options.threads);
  const base = await bundledTranslator(options.base);
  const data = await builtDataSet(base, options.data);
  const pictures = await bundledPictures(options['text-encoder']);
  requireEncoder(base, pictures.encoder);
  const { encoder } = pictures;
  const train = 'generator:train';
  const own = await opened(engine, options.generator, base, encoder, train);
  const plain = await opened(engine, options.regressor, base, encoder, `${train} -- --task regress`);
  const concepts = studyConcepts(options.concepts);
  const pairs = options.pairs === 0 ? pictures.emoji.trained : options.pairs;
  const field: Contestants = {
    ...{ base, data, encoder, generator: own.generator, regressor: plain.generator },
    shrinkage: await Shrinkage.create(engine, base, pictures, pairs),
    other: standIn(concepts.map(({ concept }) => concept)),
  };
  const lab = await Lab.create(engine, base, pictures, {
    ...{ batch: options.batch, pairs, statisticsPictures: Math.min(statisticsPictures, pairs) },
  });
  const plans: Readonly<Record<'scratch' | 'adapter', CurvePlan>> = {
    scratch: { at: pointsOf(options['scratch-steps']), rate: options['scratch-rate'] },
    adapter: { at: pointsOf(options.steps), rate: options.rate },
  };
  const files = { base: base.hash, generator: own.hash, regressor: plain.hash };
  const shared = {
    ...{ base: base.hash, data: sha256Hex(await readFile(options.data)), plans, batch: options.batch },
    ...(options.pairs > 0 && { pairs }),
  };
  // What a run depends on: a new generator leaves the baselines' runs as they are.
  const keyOf = ({ id, role }: (typeof methods)[number]) => {
    const written = role === 'generated' || role === 'control' ? own.hash : undefined;
    const file = id === 'regressor' ? plain.hash : written;
    const each = id === 'shuffled-prompt' ? options.concepts : undefined;
    const isShrunk = madeForPhrase(id);
    const depends = {
      ...{ ...shared, ...(file && { file }), ...(each && { each }) },
      ...(isShrunk && { shares: wayShares }),
    };
    return sha256Hex(canonicalJson(depends)).slice(0, 12);
  };
  const stores = new Map<Method, Awaited<ReturnType<typeof fileStore>>>();
  for (const method of methods) {
    stores.set(method.id, await fileStore(join(generatorCache, 'study', keyOf(method))));
  }
  const storeOf = ({ method }: { readonly method: Method }) => known(stores.get(method), method);

  interface Job extends ConceptSplit {
    readonly method: Method;
    readonly seed: number;
    /** Of a run whose end alone is measured; absent for a curve. */
    readonly length?: number;
  }
  const lengths = options.lengths.split(',').filter(Boolean).map(Number);
  if (![...lengths, options['long-length']].every((length) => Number.isInteger(length) && length > 0)) {
    throw new UserError(
      `study generator: --lengths takes whole numbers between commas, got "${options.lengths}".`,
    );
  }
  const chosen = methods.filter(
    ({ id }) => options.methods === '' || options.methods.split(',').includes(id),
  );
  const jobs: Job[] = concepts.flatMap((entry) =>
    Array.from({ length: options.seeds }, (_, seed) => seed).flatMap((seed) =>
      chosen.flatMap(({ id, role }): Job[] => {
        const job = { ...entry, seed, method: id };
        const ours = role === 'baseline' || role === 'generated' || id === 'random';
        const further = [
          ...(ours ? lengths : []),
          ...(id === 'random' || role === 'generated' ? [options['long-length']] : []),
        ];
        return [job, ...further.map((length) => ({ ...job, length }))];
      }),
    ),
  );
  const runs: StudyRun[] = [];
  const ends: StudyRun[] = [];
  const line = progressLine();
  let made = 0;
  const started = Date.now();
  const saved = new Set<string>();
  for (const [method, store] of stores) {
    for (const { name } of await store.list()) saved.add(`${method} ${name}`);
  }
  // A concept and seed stays in one call, so that its methods are timed alike.
  const places = [...new Set(jobs.map(({ concept, seed }) => `${concept.id} ${seed}`))];
  const isMine = ({ concept, seed }: Job) =>
    places.indexOf(`${concept.id} ${seed}`) % options.shards === options.shard;
  const open = jobs.filter((job) => isMine(job) && !saved.has(`${job.method} ${nameOf(job)}`)).length;
  for (const job of jobs) {
    const name = nameOf(job);
    const found = await storeOf(job).read(name);
    const { method, concept, part, seed, length } = job;
    let points: readonly Point[];
    if (found) points = JSON.parse(new TextDecoder().decode(found));
    else if (made >= options.limit || !isMine(job)) continue;
    else {
      const left =
        made === 0 ? '' : `${duration(((Date.now() - started) / 1000 / made) * (open - made))} left`;
      line.show(`run ${made + 1}/${open} · ${method} on ${concept.id}, seed ${seed} · ${left}`);
      const start = await startOf(method, concept, seed, field);
      const plan =
        length === undefined
          ? plans[method === 'scratch' ? 'scratch' : 'adapter']
          : { at: [length], rate: options.rate };
      points = await lab.curve(start, concept, seed, plan);
      await storeOf(job).write(name, new TextEncoder().encode(JSON.stringify(points)));
      made++;
    }
    (length === undefined ? runs : ends).push({ method, concept: concept.id, part, seed, points });
  }
  line.end();

  const heldOut = conceptSplit()
    .filter(({ part }) => part !== 'train')
    .slice(0, options.shards > 1 ? 0 : options.untrained);
  const untrained: UntrainedRow[] = [];
  const all = { ...field, other: standIn(heldOut.map(({ concept }) => concept)) };
  const allKey = canonicalJson({ ...shared, files, shares: wayShares, concepts: heldOut.length });
  const rowStore = await fileStore(
    join(generatorCache, 'study', `untrained-${sha256Hex(allKey).slice(0, 12)}`),
  );
  for (const [n, { concept, part }] of heldOut.entries()) {
    line.show(`before training ${n + 1}/${heldOut.length} · ${concept.id}`);
    const name = encodeURIComponent(concept.id);
    const kept = await rowStore.read(name);
    const row: UntrainedRow = kept
      ? JSON.parse(new TextDecoder().decode(kept))
      : await untrainedRow(lab, all, concept, part);
    if (!kept) await rowStore.write(name, new TextEncoder().encode(JSON.stringify(row)));
    pictures.forget();
    untrained.push(row);
  }
  line.end();
  const generationSeconds = await secondsOf(own.generator);
  const variants: VariantRow[] = [];
  for (const file of options.variants.split(',').filter((name) => name !== '')) {
    const { generator } = await opened(engine, file, base, encoder, train);
    variants.push(await variantRow(file, generator, lab, field, concepts));
    await generator.dispose();
  }
  const { names, trained } = pictures.emoji;
  const facts = {
    ...{ generationSeconds, engine: engine.description, last: options.steps, pairs },
    emoji: names.length - trained,
  };
  const report = `${reportText(runs, facts, ends, untrained)}${variants.length > 0 ? `\n${variantTable(variants)}` : ''}`;
  const result = {
    files,
    ...facts,
    defaultStart: defaultStart(verdictOf(runs, 'distance', options.steps)),
    verdict: verdictOf(runs, 'distance', options.steps),
    verdictByFd: verdictOf(runs, 'fd', options.steps),
    rows: rowsOf(runs, 'distance', options.steps, ends),
    runs,
    ends,
    untrained,
    variants,
  };
  const folder = join('.cache', 'out');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'study-generator.json'), `${JSON.stringify(result, undefined, 1)}\n`);
  await writeFile(join(folder, 'study-generator.md'), report);
  if (options.out !== '') {
    // The program needs who was best, not every point.
    const brief = {
      ...result,
      runs: runs.map(({ points: _, ...run }) => run),
      ends: undefined,
      untrained: undefined,
    };
    await writeFile(options.out, `${JSON.stringify(brief)}\n`);
    await writeFile(options.out.replace(/\.json$/, '.md'), `# Study of starts\n\n${report}`);
  }
  console.log(options.json ? JSON.stringify(result) : report);
}

function nameOf({
  method,
  concept,
  seed,
  length,
}: {
  method: Method;
  concept: { id: string };
  seed: number;
  length?: number;
}): string {
  return `${concept.id}~${method}~${seed}${length === undefined ? '' : `~${length}`}`;
}
