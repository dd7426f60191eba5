// Adapters for phrases, from every start that the study compares; each is made once for a phrase, a start and a seed.

import type { Engine } from '../../engine/engine.ts';
import { meanAdapter, nearestAdapter, randomAdapter } from '../../generator/baselines.ts';
import { type Concept, phraseOf } from '../../generator/concepts/concept.ts';
import { namedConcept } from '../../generator/concepts/namedConcept.ts';
import type { WeightDataSet } from '../../generator/dataset/weightDataSet.ts';
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
    const written = async (model: StyleFiles['generator']): Promise<Part<Make>> => {
      if (model.state === 'missing') return model;
      try {
        const net = await WeightGenerator.create(engine, model.value, encoder, { base, pictures });
        const { translator, normalisation, hint } = model.value;
        const mean = meanAdapter({ layout: adapterLayout(translator), normalisation });
        const make: Make = async (phrase, seed, concept) => ({
          adapter: (await net.generate(phrase, { seed, concept })).adapter,
          ...(hint && concept ? { seen: hintPictures } : { mean }),
        });
        return { state: 'there', value: make };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { state: 'missing', why: sentence(error) };
      }
    };
    const fromData = (make: (data: WeightDataSet) => Make): Part<Make> =>
      neighbours.state === 'missing' ? neighbours : { state: 'there', value: make(neighbours.value) };
    const makers = {
      generated: await written(files.generator),
      regressor: await written(files.regressor),
      nearest: fromData((data) => {
        const mean = meanAdapter(data);
        return async (phrase) => {
          const { concept, similarity, adapter } = await nearestAdapter(data, encoder, phrase);
          return { adapter, neighbour: { phrase: phraseOf(concept), similarity }, mean };
        };
      }),
      mean: fromData((data) => async () => ({ adapter: meanAdapter(data) })),
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
      ...{ generated: why('generated'), nearest: why('nearest'), mean: why('mean') },
      ...{ regressor: why('regressor'), random: why('random') },
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

/** Phrases that the encoder reads alike. */
export function plain(phrase: string): string {
  return (
    phrase
      .toLowerCase()
      .match(/[a-z]+/g)
      ?.join(' ') ?? ''
  );
}
