// Reads a hint: draws a few pictures of a concept with the mean adapter, and solves for the blocks that would have drawn
// them nearer to their targets. One pass forward and back, and one product with a matrix.
import type { DeviceTensor, Engine, Program } from '../../engine/engine.ts';
import {
  constant,
  gradients,
  graphOf,
  input,
  mul,
  reduceSum,
  reshape,
  square,
  sub,
} from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import { cut } from '../../train/parameters.ts';
import type { Concept } from '../concepts/concept.ts';
import { type ConceptPictures, range, samplesOf } from '../data/batches.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import { denormalisedRows, normalisedRows } from '../denoiser/adapterNodes.ts';
import type { BlockCoder } from '../denoiser/blockCoder.ts';
import type { TranslatorBase } from '../translator/baseFile.ts';
import { translatorInputs } from '../translator/inputs.ts';
import { optionsOf } from '../translator/trainer.ts';
import { translator } from '../translator/translator.ts';
import { type HintBasis, hintPictures, realPlaces } from './basis.ts';

export interface HintMaterial {
  readonly base: TranslatorBase;
  readonly adapters: Pick<WeightDataSet, 'layout' | 'normalisation'>;
  readonly coder: BlockCoder;
  readonly basis: HintBasis;
  readonly pictures: ConceptPictures;
}

export class HintReader {
  readonly #material: HintMaterial;
  readonly #program: Program;
  readonly #weights: Readonly<Record<string, DeviceTensor>>;
  readonly #shown: readonly number[];
  readonly #places: readonly number[];

  private constructor(
    material: HintMaterial,
    program: Program,
    weights: Readonly<Record<string, DeviceTensor>>,
    shown: readonly number[],
  ) {
    this.#material = material;
    this.#program = program;
    this.#weights = weights;
    this.#shown = shown;
    this.#places = realPlaces(material.coder.layout);
  }

  /** @param pairs of each concept that may be looked at: the first so many emoji, again and again where they are few */
  static async create(
    engine: Engine,
    material: HintMaterial,
    pairs = material.pictures.emoji.trained,
  ): Promise<HintReader> {
    const { base, adapters, coder, basis, pictures } = material;
    const { config } = base;
    const { count, size } = coder.layout;
    const batch = hintPictures;
    const spec = { config, part: 'adapter', batch, tokens: pictures.encoder.tokens } as const;
    const { source, text, weight } = translatorInputs(spec);
    const spread = new Float32Array(count * size);
    realPlaces(coder.layout).forEach((place, k) => {
      spread[place] = known(basis.spread.data[k], 'spread');
    });
    const moved = input('moved', [1, count * size]);
    const blocks = mul(moved, constant(f32([1, count * size], spread)));
    const normalised = normalisedRows(adapters, coder, blocks, (group, { shape }) =>
      input(`c/${group}`, shape),
    );
    const vector = denormalisedRows(adapters, normalised);
    const own = cut(adapters.layout, reshape(vector, [adapters.layout.size]));
    const weightOf = (name: string) => own.get(name) ?? weight(name);
    const { image } = translator(config.shape, source, text, weightOf, optionsOf(config, 'adapter'));
    const squares = reduceSum(square(sub(image, input('target', source.shape))), [0, 1, 2, 3]);
    const [gradient] = gradients(mul(squares, -0.5), [moved]);
    const program = await engine.compile(graphOf({ pull: known(gradient, 'gradient') }));
    const taken = Object.entries(base.weights).filter(([name]) => !own.has(name));
    const weights = Object.fromEntries([
      ...taken.map(([name, tensor]) => [`w/${name}`, engine.upload(tensor)] as const),
      ...Object.entries(coder.components ?? {}).map(
        ([group, tensor]) => [`c/${group}`, engine.upload(tensor)] as const,
      ),
    ]);
    return new HintReader(
      material,
      program,
      weights,
      range(0, batch).map((n) => n % Math.min(pairs, pictures.emoji.trained)),
    );
  }

  /** [N, b]: the blocks that the concept's pictures ask for, told under this phrase. */
  async of(concept: Concept, phrase: string): Promise<Float32Array<ArrayBuffer>> {
    const { coder, basis, pictures } = this.#material;
    const { count, size } = coder.layout;
    const { source, target, text } = pictures.batch(samplesOf(concept, this.#shown, phrase));
    const { pull } = await this.#program.run({
      ...this.#weights,
      ...{ source, target, text, moved: f32([1, count * size], new Float32Array(count * size)) },
    });
    const values = (await known(pull, 'pull').read()).data;
    pull?.dispose();
    const { spread, response, noise } = basis;
    const pulled = this.#places.map((place) => known(values[place], 'pull'));
    const asked = new Float32Array(count * size);
    this.#places.forEach((place, k) => {
      let sum = 0;
      for (const [j, value] of pulled.entries()) {
        sum += (response.data[k * pulled.length + j] ?? Number.NaN) * value;
      }
      asked[place] = (sum / noise) * known(spread.data[k], 'spread');
    });
    return asked;
  }

  async dispose(): Promise<void> {
    for (const tensor of Object.values(this.#weights)) tensor.dispose();
    await this.#program.dispose();
  }
}
