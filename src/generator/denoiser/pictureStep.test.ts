// Training the generator on pictures: the distance in its graph is that of what the program itself generates and draws,
// and it comes down.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { phrasesOf } from '../concepts/concept.ts';
import { conceptSplit } from '../concepts/split.ts';
import { range, samplesOf } from '../data/batches.ts';
import { WeightGenerator } from '../generate.ts';
import {
  toyBase,
  toyDataSet,
  toyDenoiser,
  toyEncoder,
  toyFrozen,
  toyFrozenBase,
  toyPictures,
} from '../testing.ts';
import { TranslatorRunner } from '../translator/runner.ts';
import { learntCoder } from './blockCoder.ts';
import type { DenoiserConfig } from './config.ts';
import { DistanceMeter } from './drawnDistance.ts';
import { freshUnet } from './freshUnet.ts';
import { type PictureMaterial, pictureSamples, pictureStep } from './pictureStep.ts';
import { DenoiserRun } from './training.ts';

const engine = referenceEngine();
const data = toyDataSet(toyFrozen);
const recipe = { steps: 16, batch: 1, rate: 3e-2, floor: 3e-3, warmup: 1, ema: 0.9, seed: 0 };

function materialOf(config: DenoiserConfig) {
  const coder = learntCoder(config, data);
  return {
    base: toyFrozenBase,
    data,
    pictures: toyPictures(),
    coder,
    timestep: 999,
    each: 2,
    foreign: ['grey, mild'],
  };
}

function distance(a: Tensor, b: Tensor): number {
  let sum = 0;
  a.data.forEach((value, i) => {
    sum += Math.abs(value - (b.data[i] ?? Number.NaN));
  });
  return sum / a.data.length;
}

const same = (a: Tensor, b: unknown) =>
  typeof b === 'object' && b !== null && 'data' in b && JSON.stringify(a.data) === JSON.stringify(b.data);

function generatorOf(
  config: DenoiserConfig,
  weights: ReturnType<typeof freshUnet>,
): Promise<WeightGenerator> {
  const model = {
    ...{ config, translator: toyFrozen, base: toyBase.hash, timestep: 999, weights },
    normalisation: data.normalisation,
  };
  return WeightGenerator.create(engine, model, toyEncoder);
}

describe('training on pictures', () => {
  it.each(['weights', 'components'] as const)(
    'measures what the program draws, in %s',
    async (coordinates) => {
      const config: DenoiserConfig = {
        ...toyDenoiser,
        task: 'regress',
        ...(coordinates === 'components' && { coordinates }),
      };
      const weights = freshUnet(config.unet, 0);
      const material = { ...materialOf(config), each: 1 };
      const run = await DenoiserRun.onPictures(engine, config, recipe, material, weights);
      const loss = await run.advance();

      const model = {
        ...{ config, translator: toyFrozen, base: toyBase.hash, timestep: 999, weights },
        ...{ normalisation: data.normalisation, components: material.coder.components },
      };
      const generator = await WeightGenerator.create(engine, model, toyEncoder);
      const spec = { config: toyFrozen, part: 'adapter', batch: 1, tokens: toyEncoder.tokens } as const;
      const runner = await TranslatorRunner.create(engine, spec);
      // The step chose one concept, phrase and emoji: its distance is among those of all of them.
      const found: number[] = [];
      const pictures = toyPictures();
      const feeds = pictureSamples(config, material, { seed: 0, batch: 1 })(0);
      for (const { concept } of data.entries.filter(({ use }) => use === 'train')) {
        for (const phrase of new Set(phrasesOf(concept))) {
          const { adapter } = await generator.generate(phrase, { seed: 0 });
          for (let emoji = 0; emoji < pictures.emoji.trained; emoji++) {
            const { source, target, text } = pictures.batch(samplesOf(concept, [emoji], phrase));
            if (!same(source, feeds.source) || !same(target, feeds.target) || !same(text, feeds.phrase))
              continue;
            found.push(
              distance(await runner.draw({ ...toyFrozenBase.weights, ...adapter }, source, text), target),
            );
          }
        }
      }
      expect(found.length).toBeGreaterThan(0);
      expect(known(loss, 'loss')).toBeCloseTo(known(found[0], 'distance'), 5);
    },
  );

  it.each(['denoise', 'regress'] as const)('brings the distance down (%s)', async (task) => {
    const config = { ...toyDenoiser, task };
    const entries = data.entries.slice(1, 2);
    const material = { ...materialOf(config), data: { ...data, entries }, each: 6, weightShare: 0 };
    const fresh = freshUnet(config.unet, 0);
    const longer = { ...recipe, steps: 24 };
    const run = await DenoiserRun.onPictures(engine, config, longer, material, fresh);
    while (run.step < longer.steps) await run.advance();
    const meter = await DistanceMeter.create(engine, toyFrozenBase, data, toyPictures());
    const written = async (weights: typeof fresh) =>
      (await meter.over(await generatorOf(config, weights), entries)).written;
    expect(await written(await run.averaged())).toBeLessThan(0.95 * (await written(fresh)));
  });

  it('shows concepts without a trained adapter half of the time, of which no weights are wanted', () => {
    const config = toyDenoiser;
    const own = materialOf(config);
    const trained = data.entries.filter(({ use }) => use === 'train');
    const further = conceptSplit(8)
      .filter(({ part }) => part === 'level')
      .map(({ concept }) => concept);
    const steps = range(0, 200);
    const wanted = (material: PictureMaterial) =>
      steps.flatMap((step) => {
        const { isWanted } = pictureSamples(config, material, { seed: 0, batch: 1 })(step);
        return Array.from((isWanted as Tensor).data);
      });
    const without = wanted(own);
    expect(without).toHaveLength(2 * steps.length);
    expect(new Set(without)).toEqual(new Set([1]));
    expect(trained.length).toBeGreaterThan(0);
    const shares = wanted({ ...own, further });
    const missing = shares.filter((value) => value === 0).length / steps.length;
    expect(missing).toBeGreaterThan(0.4);
    expect(missing).toBeLessThan(0.6);
    // The foreign phrase's mean adapter is always asked for.
    expect(shares.filter((_, i) => i % 2 === 1).every((value) => value === 1)).toBe(true);
  });

  it('brings phrases of nothing known to the mean adapter', async () => {
    const material = { ...materialOf(toyDenoiser), weightShare: 10 };
    const size = async (weights: ReturnType<typeof freshUnet>) => {
      const generator = await generatorOf(toyDenoiser, weights);
      const phrase = known(material.foreign[0], 'phrase');
      return Math.hypot(...(await generator.generate(phrase, { seed: 0 })).normalised);
    };
    // A fresh net writes the mean adapter already.
    const wild = Object.fromEntries(
      Object.entries(freshUnet(toyDenoiser.unet, 0)).map(([name, { shape, data: values }]) => [
        name,
        f32(shape, randomStream(2, name).normal(new Float32Array(values.length))),
      ]),
    );
    const run = await DenoiserRun.onPictures(engine, toyDenoiser, recipe, material, wild);
    while (run.step < recipe.steps) await run.advance();
    expect(await size(await run.averaged())).toBeLessThan(0.7 * (await size(wild)));
  });

  it('is held against the mean and the trained adapter on held-out pictures', async () => {
    const meter = await DistanceMeter.create(engine, toyFrozenBase, data, toyPictures());
    const model = {
      ...{ config: toyDenoiser, translator: toyFrozen, base: toyBase.hash, timestep: 999 },
      ...{ weights: freshUnet(toyDenoiser.unet, 0), normalisation: data.normalisation },
    };
    const generator = await WeightGenerator.create(engine, model, toyEncoder);
    const own = data.entries.slice(0, 2);
    const found = await meter.over(generator, own);
    // A concept whose trained adapter is the mean one: both draw alike.
    const middle = own.map((entry) => ({ ...entry, vectors: [new Float32Array(data.layout.size)] }));
    const alike = await meter.over(generator, middle);
    expect(alike.trained).toBeCloseTo(alike.mean, 9);
    expect(alike.written).toBe(found.written);
    expect(new Set([found.written, found.mean, found.trained].map((value) => value.toFixed(6))).size).toBe(3);
  });

  it('refuses a base whose down projections are trained', () => {
    const material = { ...materialOf(toyDenoiser), base: toyBase };
    expect(() => pictureStep(toyDenoiser, material, 1)).toThrow(
      'Training on pictures needs adapters that share their down projections, and this base trains them; take --picture-steps 0.',
    );
  });
});
