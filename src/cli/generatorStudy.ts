// `npm run study -- generator`: fine-tunes from every start on held-out concepts and says which start is worth having.
// Resumable by run; runs of other files or settings are left alone.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConceptSplit, conceptSplit } from '../generator/concepts/split.ts';
import { range, samplesOf } from '../generator/data/batches.ts';
import { ourFineTune, ourSharpening } from '../generator/dataset/fineTune.ts';
import { hintPictures } from '../generator/hint/basis.ts';
import { generatorPath, regressorPath, studyPath, translatorBasePath } from '../generator/paths.ts';
import { Shrinkage, shares as wayShares } from '../generator/shrinkage.ts';
import { standIn, studyConcepts } from '../generator/study/choose.ts';
import { type CurvePlan, Lab, type Point } from '../generator/study/curve.ts';
import {
  type Contestants,
  isShrunk,
  type Method,
  methods,
  type Rates,
  rateOf,
  startOf,
} from '../generator/study/methods.ts';
import { reportText } from '../generator/study/report.ts';
import { defaultStart, rowsOf, type StudyRun, verdictOf } from '../generator/study/summary.ts';
import { type UntrainedRow, untrainedRow } from '../generator/study/untrained.ts';
import { requireEncoder } from '../generator/translator/baseFile.ts';
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
  e2ganFile,
  generatorCache,
  wordVectors,
} from './generatorParts.ts';
import { kept } from './kept.ts';
import { duration, progressLine } from './progressLine.ts';
import { opened, secondsOf, type VariantRow, variantRow, variantTable } from './studiedGenerators.ts';

const defaults = {
  base: join('public', translatorBasePath),
  e2gan: e2ganFile,
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
  batch: ourSharpening.batch,
  /** Steps of an adapter's fine-tune, and of training from scratch. */
  steps: ourFineTune.steps,
  'scratch-steps': 512,
  /**
   * Adam's rates at the first step: of our adapters, E2GAN's (validation concepts, 256 steps: 0.1004, at 0.03 0.1158), and
   * from scratch.
   */
  rate: ourSharpening.rate,
  'e2gan-rate': 2e-2,
  'scratch-rate': 2e-3,
  /** Lengths of further runs from each start that is no control, and of more from those that are told in speeds. */
  lengths: '4,8,12,16,24',
  'long-lengths': '48,64,128,256',
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
type Store = Awaited<ReturnType<typeof fileStore>>;

const statisticsPictures = 64;
/** Shares of a run at which is measured. */
const shares = [0, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];

function pointsOf(steps: number): number[] {
  return [...new Set(shares.map((share) => Math.round(share * steps)))];
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
  const concepts = studyConcepts(options.concepts);
  const pairs = options.pairs === 0 ? pictures.emoji.trained : options.pairs;
  const sight = { base, pictures, pairs };
  const own = await opened(engine, options.generator, encoder, sight, train);
  const plain = await opened(engine, options.regressor, encoder, sight, `${train} -- --task regress`);
  const e2gan = await bundledTranslator(options.e2gan, 'generator:e2gan');
  const field: Contestants = {
    ...{ base, e2gan, data, encoder, generator: own.generator, regressor: plain.generator },
    shrinkage: await Shrinkage.create(engine, base, pictures, pairs),
    other: standIn(concepts.map(({ concept }) => concept)),
  };
  const lab = await Lab.create(engine, field, pictures, {
    ...{ batch: options.batch, pairs, statisticsPictures: Math.min(statisticsPictures, pairs) },
  });
  const rates: Rates = {
    ...{ scratch: options['scratch-rate'], e2gan: options['e2gan-rate'] },
    adapter: options.rate,
  };
  const planOf = (method: Method, length?: number): CurvePlan => {
    const steps = length ?? (method === 'scratch' ? options['scratch-steps'] : options.steps);
    return { at: length === undefined ? pointsOf(steps) : [length], rate: rateOf(method, rates, steps) };
  };
  const files = { base: base.hash, e2gan: e2gan.hash, generator: own.hash, regressor: plain.hash };
  const shared = {
    ...{ base: base.hash, data: sha256Hex(await readFile(options.data)), batch: options.batch },
    ...(options.pairs > 0 && { pairs }),
  };
  // What a run depends on: a new generator leaves the baselines' runs as they are.
  const keyOf = (method: (typeof methods)[number]) => {
    const { id, role } = method;
    const file = 'file' in method ? files[method.file] : undefined;
    const depends = {
      ...{ ...shared, plan: planOf(id), ...(file && { file }) },
      ...(role === 'control' && { each: options.concepts }),
      ...(isShrunk(id) && { shares: wayShares }),
    };
    return sha256Hex(canonicalJson(depends)).slice(0, 12);
  };
  const stores = new Map<Method, Store>();
  for (const method of methods) {
    stores.set(method.id, await fileStore(join(generatorCache, 'study', keyOf(method))));
  }
  const storeOf = ({ method }: { readonly method: Method }) => known(stores.get(method), method);

  // Timed before any run, which also compiles what is compiled at first use.
  const generationSeconds = await secondsOf(own.generator);
  await secondsOf(plain.generator);
  const jobs = jobsOf(options, concepts);
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
  const isSaved = (job: Job) => saved.has(`${job.method} ${nameOf(job)}`);
  const open = jobs.filter((job) => isMine(job) && !isSaved(job)).length;
  for (const job of jobs) {
    const { method, concept, part, seed, length } = job;
    if (!isSaved(job) && (made >= options.limit || !isMine(job))) continue;
    const points = await kept<readonly Point[]>(storeOf(job), nameOf(job), async () => {
      const left =
        made === 0 ? '' : `${duration(((Date.now() - started) / 1000 / made) * (open - made))} left`;
      made++;
      line.show(`run ${made}/${open} · ${method} on ${concept.id}, seed ${seed} · ${left}`);
      // Drawing a concept's own pictures counts for none of the starts, which look at different ones.
      pictures.batch(samplesOf(concept, range(0, Math.min(hintPictures, pairs))));
      const start = await startOf(method, concept, seed, field);
      return lab.curve(start, concept, seed, planOf(method, length));
    });
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
    const make = () => untrainedRow(lab, all, concept, part);
    untrained.push(await kept(rowStore, concept.id, make));
    pictures.forget();
  }
  line.end();

  const variants: VariantRow[] = [];
  for (const file of options.variants.split(',').filter((name) => name !== '')) {
    const { generator } = await opened(engine, file, encoder, sight, train);
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
    const few = options.pairs > 0 ? `, with ${options.pairs} pairs of every concept` : '';
    await writeFile(options.out.replace(/\.json$/, '.md'), `# Study of starts${few}\n\n${report}`);
  }
  console.log(options.json ? JSON.stringify(result) : report);
}

/** A run from one start on one concept. */
interface Job extends ConceptSplit {
  readonly method: Method;
  readonly seed: number;
  /** Of a run whose end alone is measured; absent for a curve. */
  readonly length?: number;
}

function jobsOf(options: typeof defaults, concepts: readonly ConceptSplit[]): Job[] {
  const lengths = options.lengths.split(',').filter(Boolean).map(Number);
  const longs = options['long-lengths'].split(',').filter(Boolean).map(Number);
  if (![...lengths, ...longs].every((length) => Number.isInteger(length) && length > 0)) {
    throw new UserError(
      `study generator: --lengths and --long-lengths take whole numbers between commas, got "${options.lengths}" and "${options['long-lengths']}".`,
    );
  }
  const chosen = methods.filter(
    ({ id }) => options.methods === '' || options.methods.split(',').includes(id),
  );
  const further = chosen.flatMap(({ id, role }) => {
    const isLong = id === 'e2gan' || id === 'random' || role === 'generated';
    const own = isLong || role === 'baseline' ? lengths : [];
    return [undefined, ...own, ...(isLong ? longs : [])].map((length) => ({ method: id, length }));
  });
  return concepts.flatMap((entry) =>
    range(0, options.seeds).flatMap((seed) =>
      further.map(({ method, length }) => ({ ...entry, seed, method, ...(length && { length }) })),
    ),
  );
}

function nameOf({ method, concept, seed, length }: Job): string {
  return `${concept.id}~${method}~${seed}${length === undefined ? '' : `~${length}`}`;
}
