// Hints: pictures that an adapter near the mean one drew lead back to it, and nothing but training pictures is looked at.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { unpack } from '../../train/parameters.ts';
import { type Concept, phraseOf } from '../concepts/concept.ts';
import { newPicture, type Picture } from '../concepts/picture.ts';
import { ConceptPictures, range, samplesOf } from '../data/batches.ts';
import { denormalised } from '../dataset/normalisation.ts';
import { decodeGenerator, encodeGenerator } from '../denoiser/file.ts';
import { type PictureMaterial, pictureSamples } from '../denoiser/pictureStep.ts';
import { denoiserSamples } from '../denoiser/samples.ts';
import { WeightGenerator } from '../generate.ts';
import {
  toyConcepts,
  toyDataSet,
  toyEncoder,
  toyFrozen,
  toyFrozenBase,
  toyHinted,
  toyPictures,
  toyRunner,
} from '../testing.ts';
import { hintBasis, measureSensitivity, realPlaces } from './basis.ts';
import { HintReader } from './hint.ts';

const engine = referenceEngine();
const data = toyDataSet(toyFrozen);
const hinted = await toyHinted(engine, toyFrozenBase, data, toyPictures());
const { coder } = hinted;
const sensitivity = await measureSensitivity(engine, toyFrozenBase, data, toyPictures(), coder);
const concept = known(toyConcepts[1], 'concept');
const phrase = phraseOf(concept);

/** Targets are given pictures [B, 3, S, S], whatever the concept. */
class Given extends ConceptPictures {
  readonly #drawn: Tensor;
  readonly seen = new Set<number>();

  constructor(drawn: Tensor) {
    super(toyPictures().emoji, toyEncoder);
    this.#drawn = drawn;
  }

  override target(_: Concept, index: number): Picture {
    this.seen.add(index);
    const picture = newPicture(toyFrozen.side);
    const size = picture.planes.length;
    picture.planes.forEach((_, i) => {
      picture.planes[i] = (known(this.#drawn.data[index * size + i], 'pixel') + 1) / 2;
    });
    return picture;
  }
}

/** Every trained emoji as the adapter of these blocks' numbers draws it. */
async function drawnBy(numbers: readonly number[]): Promise<Tensor> {
  const pictures = toyPictures();
  const blocks = new Float32Array(coder.layout.count * coder.layout.size);
  realPlaces(coder.layout).forEach((place, k) => {
    blocks[place] = known(numbers[k], 'number');
  });
  const adapter = unpack(data.layout, denormalised(data.layout, data.normalisation, coder.decode(blocks)));
  const { shown, runner } = await toyRunner(engine);
  const { source, text } = pictures.batch(samplesOf(concept, shown));
  return runner.draw({ ...toyFrozenBase.weights, ...adapter }, source, text);
}

async function readerOf(pictures: ConceptPictures, noise: number, pairs?: number) {
  const basis = hintBasis(sensitivity, noise);
  const material = { base: toyFrozenBase, adapters: data, coder, basis, pictures };
  const reader = await HintReader.create(engine, material, pairs);
  const places = realPlaces(coder.layout);
  const spread = Array.from(basis.spread.data);
  return {
    spread,
    of: async () => {
      const found = await reader.of(concept, phrase);
      return places.map((place) => known(found[place], 'number'));
    },
  };
}

describe('a hint', () => {
  it('leads back to the adapter that drew the pictures, where that is near', async () => {
    const { spread } = await readerOf(toyPictures(), 1);
    // The toy's first component is all that its two concepts differ by; J is measured over larger differences.
    const wanted = spread.map((value, k) => (k === 0 ? 0.02 * value : 0));
    const { of } = await readerOf(new Given(await drawnBy(wanted)), 1e-6);
    const found = await of();
    const first = known(wanted[0], 'number');
    expect(Math.abs(known(found[0], 'number') - first)).toBeLessThan(0.25 * first);
    for (const [k, value] of found.entries()) {
      if (k > 0) expect(Math.abs(value)).toBeLessThan(0.25 * first);
    }
  });

  it('asks for less the less pictures are trusted, and for nothing where they are right', async () => {
    const { spread } = await readerOf(toyPictures(), 1);
    const drawn = await drawnBy(spread.map((value, k) => (k === 0 ? 0.02 * value : 0)));
    const lengths: number[] = [];
    for (const noise of [1e-4, 1e4, 1e8]) {
      lengths.push(Math.hypot(...(await (await readerOf(new Given(drawn), noise)).of())));
    }
    const [trusting = 0, doubtful = 0, deaf = 0] = lengths;
    expect(trusting).toBeGreaterThan(doubtful);
    expect(doubtful).toBeGreaterThan(10 * deaf);
    const right = await readerOf(new Given(await drawnBy(spread.map(() => 0))), 1e-4);
    expect(Math.hypot(...(await right.of()))).toBeLessThan(1e-3 * trusting);
  });

  it('is read from training pairs alone, and from no more than may be looked at', async () => {
    const pictures = new Given(await drawnBy([0, 0, 0]));
    await (await readerOf(pictures, 1)).of();
    expect([...pictures.seen]).toEqual(range(0, pictures.emoji.trained));
    pictures.seen.clear();
    await (await readerOf(pictures, 1, 2)).of();
    expect([...pictures.seen]).toEqual([0, 1]);
  });

  it('is for components, not for thousands of weights', async () => {
    const large = { ...coder, layout: { ...coder.layout, count: 100, size: 16 } };
    large.layout = {
      ...large.layout,
      groups: [{ ...known(coder.layout.groups[0], 'group'), length: 1600, blocks: 100 }],
    };
    await expect(measureSensitivity(engine, toyFrozenBase, data, toyPictures(), large)).rejects.toThrow(
      'A hint is solved for 1024 numbers at most, and these blocks hold 1600; take --coordinates components, or --hint-noise 0 for none.',
    );
  });

  it('is solved with eigenvalues between 0 and 1', async () => {
    const { response } = hintBasis(sensitivity, 1);
    for (let k = 0; k < 3; k++) {
      expect(response.data[4 * k]).toBeGreaterThan(0);
      expect(response.data[4 * k]).toBeLessThanOrEqual(1);
    }
  });
});

describe('a generator that reads hints', () => {
  it('writes other weights for other pictures, and still writes without any', async () => {
    const pictures = toyPictures();
    const { model } = hinted;
    const weights = Object.fromEntries(
      Object.entries(model.weights).map(([name, { shape, data: values }]) => [
        name,
        f32(shape, randomStream(2, name).normal(new Float32Array(values.length))),
      ]),
    );
    const sight = { base: toyFrozenBase, pictures };
    const generator = await WeightGenerator.create(engine, { ...model, weights }, toyEncoder, sight);
    const blind = await WeightGenerator.create(engine, { ...model, weights }, toyEncoder);
    const other = known(toyConcepts[0], 'concept');
    const own = await generator.generate(phrase, { seed: 0, concept });
    expect(own.blocks).not.toEqual((await generator.generate(phrase, { seed: 0, concept: other })).blocks);
    const alone = await generator.generate(phrase, { seed: 0 });
    expect(own.blocks).not.toEqual(alone.blocks);
    expect((await blind.generate(phrase, { seed: 0, concept })).blocks).toEqual(alone.blocks);
    expect(await generator.solved(phrase, concept)).not.toEqual(await generator.solved(phrase, other));
  });

  it('keeps what solving needs in its file, and refuses one that lacks it', async () => {
    const model = { ...hinted.model, hint: hintBasis(sensitivity, 7) };
    const read = await decodeGenerator(encodeGenerator(model, {}), 'g.safetensors');
    expect(read.hint?.noise).toBe(7);
    model.hint.response.data.forEach((value, i) => {
      expect(read.hint?.response.data[i]).toBeCloseTo(value, 3);
    });
    await expect(
      decodeGenerator(encodeGenerator({ ...model, hint: undefined }, {}), 'g.safetensors'),
    ).rejects.toThrow('g.safetensors does not say how hints are read; make it again with generator:train.');
    const { base } = model;
    const stranger = { ...toyFrozenBase, hash: 'b'.repeat(64) };
    await expect(
      WeightGenerator.create(engine, { ...model, base }, toyEncoder, {
        base: stranger,
        pictures: toyPictures(),
      }),
    ).rejects.toThrow('The weight generator belongs to the base aaaaaaaa…, and this base is bbbbbbbb…');
  });

  it('is trained with and without hints, and with hints under phrases of nothing known', async () => {
    const pictures = toyPictures();
    const { config } = hinted.model;
    const size = coder.layout.count * coder.layout.size;
    const hints = new Map(toyConcepts.map(({ id }, n) => [id, new Float32Array(size).fill(n + 1)]));
    const told = (values: unknown) => {
      if (typeof values !== 'object' || values === null || !('data' in values)) throw new Error('no hint');
      return Array.from(values.data as Float32Array);
    };
    const seen = range(0, 200).flatMap((step) =>
      told(denoiserSamples(config, data, toyEncoder, { seed: 0, batch: 1 }, coder, hints)(step).hint).slice(
        0,
        1,
      ),
    );
    const without = seen.filter((value) => value === 0).length / seen.length;
    expect(without).toBeGreaterThan(0.15);
    expect(without).toBeLessThan(0.35);
    expect(new Set(seen)).toEqual(new Set([0, 1, 2]));

    const foreign = ['grey, mild'];
    const material: Omit<PictureMaterial, 'base'> = {
      ...{ data, pictures, coder, timestep: 999, each: 1, foreign, hints },
    };
    const counts = { hintless: 0, phraseless: 0, both: 0 };
    const strange = [...pictures.text('grey, mild')].join();
    for (const step of range(0, 200)) {
      const feeds = pictureSamples(config, material, { seed: 0, batch: 1 })(step);
      const rows = told(feeds.hint);
      // The foreign phrase itself, the second row, comes without pictures.
      expect(rows.slice(size).every((value) => value === 0)).toBe(true);
      const isStrange = told(feeds.phrase).join() === strange;
      if (rows[0] === 0) counts.hintless++;
      else if (isStrange) counts.phraseless++;
      else counts.both++;
    }
    for (const [count, share] of [
      [counts.hintless, 0.25],
      [counts.phraseless, 0.25],
      [counts.both, 0.5],
    ] as const) {
      expect(Math.abs(count / 200 - share)).toBeLessThan(0.1);
    }
  });
});
