// The starts that the study compares, and what each begins a fine-tune with.
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { meanAdapter, nearestAdapter, randomAdapter } from '../baselines.ts';
import { type Concept, phraseOf } from '../concepts/concept.ts';
import { nearRate } from '../dataset/fineTune.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import type { WeightGenerator } from '../generate.ts';
import type { Shrinkage } from '../shrinkage.ts';
import type { TextEncoder } from '../text/textEncoder.ts';
import type { TranslatorBase } from '../translator/baseFile.ts';
import { freshJudge, freshTranslator } from '../translator/freshWeights.ts';

type Weights = Readonly<Record<string, Tensor>>;

/**
 * `from`: what a start is made from; those that are made from a phrase alone may be far off, and are shrunk
 * (shrinkage.ts). `file`: what it is read from or written by, beside our base and data set. Of controls, `of` is the start
 * that they spoil, and `uses` what they show to be used where they hurt.
 */
export const methods = [
  { id: 'scratch', label: 'from scratch (pix2pix)', role: 'reference', from: 'nothing' },
  {
    id: 'e2gan',
    label: 'E2GAN: its own base + random adapter',
    role: 'reference',
    from: 'nothing',
    file: 'e2gan',
  },
  { id: 'random', label: 'our base + random adapter', role: 'reference', from: 'nothing' },
  { id: 'mean', label: 'mean adapter', role: 'baseline', from: 'nothing' },
  { id: 'nearest', label: "nearest concept's adapter", role: 'baseline', from: 'phrase' },
  {
    id: 'solved',
    label: 'first-order solution of 16 pairs',
    role: 'baseline',
    from: 'phrase and pictures',
    file: 'generator',
  },
  {
    id: 'regressor',
    label: 'plain regressor',
    role: 'baseline',
    from: 'phrase and pictures',
    file: 'regressor',
  },
  {
    id: 'generated',
    label: 'generated adapter',
    role: 'generated',
    from: 'phrase and pictures',
    file: 'generator',
  },
  {
    id: 'phrase',
    label: 'generated from the phrase alone',
    role: 'ablation',
    from: 'phrase',
    file: 'generator',
  },
  {
    id: 'shuffled-prompt',
    label: "from another concept's phrase alone",
    role: 'control',
    from: 'phrase',
    file: 'generator',
    of: 'phrase',
    uses: 'the phrase',
  },
  {
    id: 'shuffled-index',
    label: 'generated, block indices shuffled',
    role: 'control',
    from: 'phrase and pictures',
    file: 'generator',
    of: 'generated',
    uses: 'the block index',
  },
  {
    id: 'shuffled-pictures',
    label: "generated, another concept's pairs",
    role: 'control',
    from: 'phrase and pictures',
    file: 'generator',
    of: 'generated',
    uses: 'the pairs',
  },
] as const;
export type Method = (typeof methods)[number]['id'];

/** Each of N blocks is told another one's index: all move by the same number of places, since a permutation may move none. */
export function strangeIndices(count: number, seed: number): number[] {
  const [draw = 0] = randomStream(seed, 'study', 'shuffled index').uniform(0, 1);
  const by = 1 + Math.floor(draw * (count - 1));
  return Array.from({ length: count }, (_, i) => (i + by) % count);
}

const recordOf = (method: Method) =>
  known(
    methods.find(({ id }) => id === method),
    method,
  );

/** Whether it is made for a phrase that nobody has held against pictures. */
export function isShrunk(method: Method): boolean {
  return recordOf(method).from === 'phrase';
}

/** Whether it is made for the concept, and so near to where a fine-tune goes. */
export function isNear(method: Method): boolean {
  return recordOf(method).from !== 'nothing';
}

/** Adam's rate at the first step of a run of so many. */
export function rateOf(method: Method, { scratch, e2gan, adapter }: Rates, steps: number): number {
  if (method === 'scratch') return scratch;
  if (method === 'e2gan') return e2gan;
  return isNear(method) ? nearRate(adapter, steps) : adapter;
}

export interface Rates {
  readonly scratch: number;
  readonly e2gan: number;
  /** Of our base. */
  readonly adapter: number;
}

export function labelOf(method: Method): string {
  return recordOf(method).label;
}

export interface Contestants {
  readonly base: TranslatorBase;
  /** A base that was trained by itself, whose adapters start at random. */
  readonly e2gan: TranslatorBase;
  readonly data: WeightDataSet;
  readonly encoder: TextEncoder;
  /** Both with the pictures of the concepts before them. */
  readonly generator: WeightGenerator;
  readonly regressor: WeightGenerator;
  /** How far a start that is made for a phrase goes from the mean adapter, as in the program; absent: all the way. */
  readonly shrinkage?: Shrinkage;
  /** A concept's stand-in under the controls. */
  readonly other: (concept: Concept) => Concept;
}

/** `everything`: a whole translator; else an adapter of our base, or of E2GAN's. */
export type StartPart = 'everything' | 'adapter' | 'e2gan';

export interface Start {
  readonly part: StartPart;
  /** All tensors of the translator that the run begins with. */
  readonly weights: Weights;
  readonly judge: Weights;
  /** Milliseconds that the start took to make: it counts as training time. */
  readonly milliseconds: number;
}

type Maker = (concept: Concept, seed: number, field: Contestants) => Promise<Weights>;

const adapters: Readonly<Record<Exclude<Method, 'scratch' | 'e2gan'>, Maker>> = {
  // Seed 0 is the down projection that the data set shares, so that it is not met here by chance.
  random: async (_, seed, { base }) => randomAdapter(base, seed + 1),
  mean: async (_, __, { data }) => meanAdapter(data),
  nearest: async (concept, _, { data, encoder }) =>
    (await nearestAdapter(data, encoder, phraseOf(concept))).adapter,
  solved: async (concept, _, { generator }) => generator.solved(phraseOf(concept), concept),
  regressor: async (concept, seed, { regressor }) =>
    (await regressor.generate(phraseOf(concept), { seed, concept })).adapter,
  generated: async (concept, seed, { generator }) =>
    (await generator.generate(phraseOf(concept), { seed, concept })).adapter,
  phrase: async (concept, seed, { generator }) =>
    (await generator.generate(phraseOf(concept), { seed })).adapter,
  'shuffled-prompt': async (concept, seed, { generator, other }) =>
    (await generator.generate(phraseOf(other(concept)), { seed })).adapter,
  'shuffled-index': async (concept, seed, { generator }) => {
    const indices = strangeIndices(generator.layout.count, seed);
    return (await generator.generate(phraseOf(concept), { seed, concept, indices })).adapter;
  },
  'shuffled-pictures': async (concept, seed, { generator, other }) =>
    (await generator.generate(phraseOf(concept), { seed, concept: other(concept) })).adapter,
};

/** At the strength that the concept's training pictures like best. */
async function shrunk(made: Weights, concept: Concept, { data, shrinkage }: Contestants): Promise<Weights> {
  if (!shrinkage) return made;
  return (await shrinkage.choose(made, meanAdapter(data), concept, phraseOf(concept))).adapter;
}

export async function startOf(
  method: Method,
  concept: Concept,
  seed: number,
  field: Contestants,
): Promise<Start> {
  const { base, e2gan } = field;
  const begun = performance.now();
  const since = () => performance.now() - begun;
  if (method === 'scratch') {
    const [weights, judge] = [freshTranslator(base.config, seed + 1), freshJudge(base.config, seed + 1)];
    return { part: 'everything', weights, judge, milliseconds: 0 };
  }
  if (method === 'e2gan') {
    const weights = { ...e2gan.weights, ...randomAdapter(e2gan, seed + 1) };
    return { part: 'e2gan', weights, judge: e2gan.judge, milliseconds: since() };
  }
  const made = await adapters[method](concept, seed, field);
  const adapter = isShrunk(method) ? await shrunk(made, concept, field) : made;
  const weights = { ...base.weights, ...adapter };
  return { part: 'adapter', weights, judge: base.judge, milliseconds: since() };
}
