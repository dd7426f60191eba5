// The starts that the study compares, and what each begins a fine-tune with.
import { randomStream } from '../../lib/random.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { meanAdapter, nearestAdapter, randomAdapter } from '../baselines.ts';
import { type Concept, phraseOf } from '../concepts/concept.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import type { WeightGenerator } from '../generate.ts';
import type { Shrinkage } from '../shrinkage.ts';
import type { TextEncoder } from '../text/textEncoder.ts';
import type { TranslatorBase } from '../translator/baseFile.ts';
import { freshJudge, freshTranslator } from '../translator/freshWeights.ts';
import type { TrainedPart } from '../translator/trainer.ts';

type Weights = Readonly<Record<string, Tensor>>;

export const methods = [
  { id: 'scratch', label: 'from scratch (pix2pix)', role: 'reference' },
  { id: 'random', label: 'base + random adapter (E2GAN)', role: 'reference' },
  { id: 'mean', label: 'mean adapter', role: 'baseline' },
  { id: 'nearest', label: "nearest concept's adapter", role: 'baseline' },
  { id: 'regressor', label: 'plain regressor', role: 'baseline' },
  { id: 'generated', label: 'generated adapter', role: 'generated' },
  { id: 'shuffled-prompt', label: "generated, another concept's phrase", role: 'control' },
  { id: 'shuffled-index', label: 'generated, block indices shuffled', role: 'control' },
] as const;
export type Method = (typeof methods)[number]['id'];

/** Each of N blocks is told another one's index: all move by the same number of places, since a permutation may move none. */
export function strangeIndices(count: number, seed: number): number[] {
  const [draw = 0] = randomStream(seed, 'study', 'shuffled index').uniform(0, 1);
  const by = 1 + Math.floor(draw * (count - 1));
  return Array.from({ length: count }, (_, i) => (i + by) % count);
}

/** Others are the same for every phrase. */
export function madeForPhrase(method: Method): boolean {
  return method !== 'scratch' && method !== 'random' && method !== 'mean';
}

export function labelOf(method: Method): string {
  return methods.find(({ id }) => id === method)?.label ?? method;
}

export interface Contestants {
  readonly base: TranslatorBase;
  readonly data: WeightDataSet;
  readonly encoder: TextEncoder;
  readonly generator: WeightGenerator;
  readonly regressor: WeightGenerator;
  /** How far a start that is made for a phrase goes from the mean adapter, as in the program; absent: all the way. */
  readonly shrinkage?: Shrinkage;
  /** A concept's stand-in under the shuffled-prompt control. */
  readonly other: (concept: Concept) => Concept;
}

export type StartPart = Exclude<TrainedPart, 'together'>;

export interface Start {
  readonly part: StartPart;
  /** All tensors of the translator that the run begins with. */
  readonly weights: Weights;
  readonly judge: Weights;
  /** Milliseconds that the start took to make: it counts as training time. */
  readonly milliseconds: number;
}

type Maker = (concept: Concept, seed: number, field: Contestants) => Promise<Weights>;

const generated: Maker = async (concept, seed, { generator }) =>
  (await generator.generate(phraseOf(concept), { seed })).adapter;

const adapters: Readonly<Record<Exclude<Method, 'scratch'>, Maker>> = {
  // Seed 0 is the down projection that the data set shares, so that it is not met here by chance.
  random: async (_, seed, { base }) => randomAdapter(base, seed + 1),
  mean: async (_, __, { data }) => meanAdapter(data),
  nearest: async (concept, _, { data, encoder }) =>
    (await nearestAdapter(data, encoder, phraseOf(concept))).adapter,
  regressor: async (concept, seed, { regressor }) =>
    (await regressor.generate(phraseOf(concept), { seed })).adapter,
  generated,
  'shuffled-prompt': (concept, seed, field) => generated(field.other(concept), seed, field),
  'shuffled-index': async (concept, seed, { generator }) => {
    const indices = strangeIndices(generator.layout.count, seed);
    return (await generator.generate(phraseOf(concept), { seed, indices })).adapter;
  },
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
  const { config, weights, judge } = field.base;
  if (method === 'scratch') {
    return {
      part: 'everything',
      weights: freshTranslator(config, seed + 1),
      judge: freshJudge(config, seed + 1),
      milliseconds: 0,
    };
  }
  const begun = performance.now();
  const made = await adapters[method](concept, seed, field);
  const adapter = madeForPhrase(method) ? await shrunk(made, concept, field) : made;
  return {
    part: 'adapter',
    weights: { ...weights, ...adapter },
    judge,
    milliseconds: performance.now() - begun,
  };
}
