// Adapters for phrases, from every start that the study compares; each is made once for a phrase, a start and a seed.

import type { Engine } from '../../engine/engine.ts';
import { meanAdapter, nearestAdapter, randomAdapter } from '../../generator/baselines.ts';
import { type Concept, phraseOf } from '../../generator/concepts/concept.ts';
import { namedConcept } from '../../generator/concepts/namedConcept.ts';
import { readPhrase, WeightGenerator } from '../../generator/generate.ts';
import { hintPictures } from '../../generator/hint/basis.ts';
import { Shrinkage } from '../../generator/shrinkage.ts';
import type { TextEncoder } from '../../generator/text/textEncoder.ts';
import { adapterLayout } from '../../generator/translator/adapter.ts';
import { sentence, UserError } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { Drawn, StartId } from '../generatorProtocol.ts';
import type { Part, StyleFiles } from './styleFiles.ts';

export type Adapter = Readonly<Record<string, Tensor>>;

export interface MadeStart {
  readonly adapter: Adapter;
  readonly neighbour: Drawn['neighbour'];
  readonly share: Drawn['share'];
  readonly seen: Drawn['seen'];
  readonly milliseconds: number;
}

type Wanted = { readonly phrase: string; readonly start: StartId; readonly seed: number };

/** What one start makes of a phrase. */
interface Written {
  readonly adapter: Adapter;
  readonly neighbour?: Drawn['neighbour'];
  /** The mean of all trained adapters, where the adapter was made for the phrase alone and may be worse than it. */
  readonly mean?: Adapter;
  readonly seen?: number;
}
/** @param concept what the phrase names; its pictures may be looked at */
type Make = (phrase: string, seed: number, concept: Concept | undefined) => Promise<Written>;

/** Adapters that are kept; one takes about 40 KB. */
const mostKept = 128;

export class Starts {
  readonly #makers: Readonly<Record<StartId, Part<Make>>>;
  readonly #base: string;
  readonly #encoder: TextEncoder;
  readonly #shrinkage: Shrinkage;
  readonly #kept = new Map<string, MadeStart>();

  private constructor(
    files: StyleFiles,
    makers: Readonly<Record<StartId, Part<Make>>>,
    shrinkage: Shrinkage,
  ) {
    this.#makers = makers;
    this.#base = files.base.hash;
    this.#encoder = files.pictures.encoder;
    this.#shrinkage = shrinkage;
  }

  static async create(engine: Engine, files: StyleFiles): Promise<Starts> {
    const { base, neighbours, pictures } = files;
    const { encoder } = pictures;
    const opened = async (model: StyleFiles['generator']): Promise<Part<WeightGenerator>> => {
      if (model.state === 'missing') return model;
      try {
        const sight = { base, pictures };
        return { state: 'there', value: await WeightGenerator.create(engine, model.value, encoder, sight) };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { state: 'missing', why: sentence(error) };
      }
    };
    const [generator, regressor] = [await opened(files.generator), await opened(files.regressor)];
    const makers = {
      generated: withPart(generator, writing),
      regressor: withPart(regressor, writing),
      solved: withPart(readingHints(generator), solving),
      nearest: withPart(neighbours, (data) => {
        const mean = meanAdapter(data);
        return async (phrase) => {
          const { concept, similarity, adapter } = await nearestAdapter(data, encoder, phrase);
          return { adapter, neighbour: { phrase: phraseOf(concept), similarity }, mean };
        };
      }),
      mean: withPart(neighbours, (data) => async () => ({ adapter: meanAdapter(data) })),
      // Seed 0 is the down projection that the data set shares, so that it is not met here by chance.
      random: {
        state: 'there',
        value: async (_: string, seed: number) => ({ adapter: randomAdapter(base, seed + 1) }),
      },
    } as const;
    return new Starts(files, makers, await Shrinkage.create(engine, base, pictures));
  }

  /** Why a start cannot be made; null where it can. */
  get unavailable(): Readonly<Record<StartId, string | null>> {
    const why = (start: StartId) => {
      const maker = this.#makers[start];
      return maker.state === 'missing' ? maker.why : null;
    };
    return {
      ...{ generated: why('generated'), regressor: why('regressor'), solved: why('solved') },
      ...{ nearest: why('nearest'), mean: why('mean'), random: why('random') },
    };
  }

  /**
   * @throws UserError for an empty phrase, one without any known word, and a start whose file is missing
   * @returns the adapter, and whether it was kept from before
   */
  async of({ phrase, start, seed }: Wanted): Promise<MadeStart & { readonly from: 'kept' | 'made' }> {
    await this.#encoder.prepare?.([phrase]);
    readPhrase(this.#encoder, phrase);
    const key = `${this.#base} ${start} ${seed} ${plain(phrase)}`;
    const kept = this.#kept.get(key);
    if (kept) return { ...kept, from: 'kept' };
    const maker = this.#makers[start];
    if (maker.state === 'missing') throw new UserError(maker.why);
    const begun = performance.now();
    const concept = namedConcept(phrase);
    const { neighbour = null, seen = null, ...written } = await maker.value(phrase, seed, concept);
    const chosen = await this.#shrunk(written, phrase, concept);
    const made: MadeStart = { ...chosen, neighbour, seen, milliseconds: performance.now() - begun };
    this.#kept.set(key, made);
    for (const old of this.#kept.keys()) if (this.#kept.size > mostKept) this.#kept.delete(old);
    return { ...made, from: 'made' };
  }

  async #shrunk(
    { adapter, mean }: Written,
    phrase: string,
    concept: Concept | undefined,
  ): Promise<Pick<MadeStart, 'adapter' | 'share'>> {
    if (!mean || !concept) return { adapter, share: null };
    return this.#shrinkage.choose(adapter, mean, concept, phrase);
  }
}

function withPart<T>(part: Part<T>, make: (value: T) => Make): Part<Make> {
  return part.state === 'missing' ? part : { state: 'there', value: make(part.value) };
}

function writing(net: WeightGenerator): Make {
  const { translator, normalisation, hint } = net.model;
  const mean = meanAdapter({ layout: adapterLayout(translator), normalisation });
  return async (phrase, seed, concept) => ({
    adapter: (await net.generate(phrase, { seed, concept })).adapter,
    ...(hint && concept ? { seen: hintPictures } : { mean }),
  });
}

function readingHints(net: Part<WeightGenerator>): Part<WeightGenerator> {
  if (net.state === 'missing' || net.value.model.hint) return net;
  return {
    state: 'missing',
    why: 'This generator reads phrases alone; npm run generator:train makes one that reads pairs.',
  };
}

function solving(net: WeightGenerator): Make {
  return async (phrase, _, concept) => {
    if (concept) return { adapter: await net.solved(phrase, concept), seen: hintPictures };
    throw new UserError(
      `"${phrase.trim()}" names none of the filters and emoji sets that Scion can draw, so there are no pairs to solve for; choose another start, or say "halftone, fine".`,
    );
  };
}

/** Phrases that the encoder reads alike. */
export function plain(phrase: string): string {
  return (
    phrase
      .toLowerCase()
      .match(/[a-z]+/g)
      ?.join(' ') ?? ''
  );
}
