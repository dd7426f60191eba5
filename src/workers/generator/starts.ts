// Adapters for phrases, from every start that the study compares; each is made once for a phrase, a start and a seed.

import type { Engine } from '../../engine/engine.ts';
import { meanAdapter, nearestAdapter, randomAdapter } from '../../generator/baselines.ts';
import { phraseOf } from '../../generator/concepts/concept.ts';
import type { WeightDataSet } from '../../generator/dataset/weightDataSet.ts';
import { readPhrase, WeightGenerator } from '../../generator/generate.ts';
import type { TextEncoder } from '../../generator/text/textEncoder.ts';
import { sentence, UserError } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { Drawn, StartId } from '../generatorProtocol.ts';
import type { Part, StyleFiles } from './styleFiles.ts';

export type Adapter = Readonly<Record<string, Tensor>>;

export interface MadeStart {
  readonly adapter: Adapter;
  readonly neighbour: Drawn['neighbour'];
  readonly milliseconds: number;
}

type Wanted = { readonly phrase: string; readonly start: StartId; readonly seed: number };
type Make = (phrase: string, seed: number) => Promise<Omit<MadeStart, 'milliseconds'>>;

/** Adapters that are kept; one takes about 40 KB. */
const mostKept = 128;

export class Starts {
  readonly #makers: Readonly<Record<StartId, Part<Make>>>;
  readonly #base: string;
  readonly #encoder: TextEncoder;
  readonly #kept = new Map<string, MadeStart>();

  private constructor(files: StyleFiles, makers: Readonly<Record<StartId, Part<Make>>>) {
    this.#makers = makers;
    this.#base = files.base.hash;
    this.#encoder = files.pictures.encoder;
  }

  static async create(engine: Engine, files: StyleFiles): Promise<Starts> {
    const { base, neighbours } = files;
    const { encoder } = files.pictures;
    const written = async (model: StyleFiles['generator']): Promise<Part<Make>> => {
      if (model.state === 'missing') return model;
      try {
        const net = await WeightGenerator.create(engine, model.value, encoder);
        const make: Make = async (phrase, seed) => ({
          adapter: (await net.generate(phrase, { seed })).adapter,
          neighbour: null,
        });
        return { state: 'there', value: make };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { state: 'missing', why: sentence(error) };
      }
    };
    const fromData = (make: (data: WeightDataSet) => Make): Part<Make> =>
      neighbours.state === 'missing' ? neighbours : { state: 'there', value: make(neighbours.value) };
    return new Starts(files, {
      generated: await written(files.generator),
      regressor: await written(files.regressor),
      nearest: fromData((data) => async (phrase) => {
        const { concept, similarity, adapter } = await nearestAdapter(data, encoder, phrase);
        return { adapter, neighbour: { phrase: phraseOf(concept), similarity } };
      }),
      mean: fromData((data) => async () => ({
        adapter: meanAdapter(data),
        neighbour: null,
      })),
      // Seed 0 is the down projection that the data set shares, so that it is not met here by chance.
      random: {
        state: 'there',
        value: async (_, seed) => ({
          adapter: randomAdapter(base, seed + 1),
          neighbour: null,
        }),
      },
    });
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
    const made: MadeStart = {
      ...(await maker.value(phrase, seed)),
      milliseconds: performance.now() - begun,
    };
    this.#kept.set(key, made);
    for (const old of this.#kept.keys()) if (this.#kept.size > mostKept) this.#kept.delete(old);
    return { ...made, from: 'made' };
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
