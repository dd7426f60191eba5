// The weight generator at toy size: blocks round trip, exact recovery for the true noise, training, files, one step.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { randomStream } from '../lib/random.ts';
import { meanAdapter, nearestAdapter, randomAdapter } from './baselines.ts';
import { blockMask } from './blocks/blocks.ts';
import { phraseOf } from './concepts/concept.ts';
import { blocksOf, scheduleOf } from './denoiser/config.ts';
import { decodeGenerator, encodeGenerator, type GeneratorModel } from './denoiser/file.ts';
import { freshUnet } from './denoiser/freshUnet.ts';
import { example } from './denoiser/noising.ts';
import { recoveryError, timestepErrors } from './denoiser/recoveryError.ts';
import { denoiserSamples } from './denoiser/samples.ts';
import { decodeTrainerState, encodeTrainerState } from './denoiser/stateFile.ts';
import { DenoiserRun } from './denoiser/training.ts';
import { blocksOfVector, vectorOfBlocks } from './denoiser/vectors.ts';
import { readPhrase, WeightGenerator } from './generate.ts';
import { blockDistances, normRatios } from './inspect.ts';
import { modelCard } from './modelCard.ts';
import { recover } from './recovery.ts';
import { toyBase, toyConcepts, toyDataSet, toyDenoiser, toyEncoder, toyTranslator } from './testing.ts';
import { adapterLayout } from './translator/adapter.ts';

const engine = referenceEngine();
const layout = adapterLayout(toyTranslator);
const data = toyDataSet();
const recipe = { steps: 40, batch: 4, rate: 1e-2, floor: 1e-3, warmup: 2, ema: 0.9, seed: 0 };
const material = { data, encoder: toyEncoder };

function model(weights = freshUnet(toyDenoiser.unet, 0)): GeneratorModel {
  return {
    config: toyDenoiser,
    translator: toyTranslator,
    base: toyBase.hash,
    timestep: 999,
    normalisation: data.normalisation,
    weights,
  };
}

describe('blocks of adapters', () => {
  it.each(['layer', 'tensor', 'one'] as const)('give the vector back when grouped by %s', (grouping) => {
    const blocks = blocksOf({ blockSize: 16, grouping }, toyTranslator);
    const vector = randomStream(0, 'vector').normal(new Float32Array(layout.size));
    const cut = blocksOfVector(blocks, layout, vector);
    expect(vectorOfBlocks(blocks, layout, cut)).toEqual(vector);
    const mask = blockMask(blocks);
    expect(mask.reduce((sum, real) => sum + real, 0)).toBe(layout.size);
    expect(cut.every((value, i) => mask[i] === 1 || value === 0)).toBe(true);
  });

  it('refuse a size that the net cannot halve', () => {
    expect(() => blocksOf({ blockSize: 18, grouping: 'layer' }, toyTranslator)).toThrow(
      'The net halves a block twice, so 18 numbers do not fit; take a multiple of 4.',
    );
  });
});

describe('recovery', () => {
  const schedule = scheduleOf(toyDenoiser);
  const clean = randomStream(1, 'clean').normal(new Float32Array(16)).fill(0, 12);
  const noise = randomStream(1, 'noise').normal(new Float32Array(16));
  const mask = new Uint8Array(16).fill(1, 0, 12);

  it.each(['noise', 'x0', 'v'] as const)('is exact for the true %s, at any timestep', (prediction) => {
    for (const t of [0, 500, 999]) {
      const { seen, target } = example({ task: 'denoise', prediction }, schedule, t, clean, noise, mask);
      const [a = 0, s = 0] = [schedule.alpha[t], schedule.sigma[t]];
      recover(prediction, seen, target, a, s).forEach((value, i) => {
        // Single precision of the noisy block, amplified by σ/α at most.
        expect(Math.abs(value - (clean[i] ?? 0))).toBeLessThan((1e-6 * (1 + s)) / a);
      });
      expect([...seen.subarray(12)]).toEqual([0, 0, 0, 0]);
    }
  });

  it('shows a regressor nothing of the block', () => {
    const { seen, target } = example({ task: 'regress', prediction: 'v' }, schedule, 999, clean, noise, mask);
    expect(seen.every((value) => value === 0)).toBe(true);
    expect(target).toEqual(clean);
  });
});

describe('training the generator', () => {
  it('brings the loss of a regressor below the mean adapter', async () => {
    const config = { ...toyDenoiser, task: 'regress' as const };
    const run = await DenoiserRun.create(engine, config, recipe, material);
    const losses: number[] = [];
    while (run.step < recipe.steps) losses.push((await run.advance()) ?? Number.NaN);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(0, 5))).toBeCloseTo(1, 0);
    expect(mean(losses.slice(-10))).toBeLessThan(0.6 * mean(losses.slice(0, 5)));
  });

  it('resumes to the same numbers through a file', async () => {
    const short = { ...recipe, steps: 4 };
    const whole = await DenoiserRun.create(engine, toyDenoiser, short, material);
    for (let i = 0; i < 4; i++) await whole.advance();
    const half = await DenoiserRun.create(engine, toyDenoiser, short, material);
    for (let i = 0; i < 2; i++) await half.advance();
    const file = encodeTrainerState(await half.state(), 'recipe');
    expect(await decodeTrainerState(file, 'state', 'other')).toBeUndefined();
    const saved = await decodeTrainerState(file, 'state', 'recipe');
    const resumed = await DenoiserRun.create(engine, toyDenoiser, short, material, saved);
    for (let i = 0; i < 2; i++) await resumed.advance();
    expect((await resumed.state()).vectors).toEqual((await whole.state()).vectors);
  });

  it('never draws a held-out concept', () => {
    const held = data.entries.filter(({ use }) => use !== 'train').flatMap(({ vectors }) => vectors);
    const blocks = blocksOf(toyDenoiser, toyTranslator);
    const cut = held.map((vector) => blocksOfVector(blocks, layout, vector));
    const samples = denoiserSamples({ ...toyDenoiser, task: 'regress' }, data, toyEncoder, recipe);
    for (let step = 0; step < 20; step++) {
      const feed = samples(step).target;
      if (!feed || 'read' in feed) throw new Error('target is on the host');
      for (let row = 0; row < recipe.batch; row++) {
        const first = feed.data.slice(row * 16, row * 16 + 16).join();
        const matches = (all: Float32Array) =>
          Array.from({ length: blocks.count }, (_, n) => all.slice(n * 16, n * 16 + 16).join());
        expect(cut.flatMap(matches)).not.toContain(first);
      }
    }
  });
});

describe('generating', () => {
  it('starts at the mean adapter where clean weights are predicted', async () => {
    const config = { ...toyDenoiser, prediction: 'x0' as const };
    const generator = await WeightGenerator.create(engine, { ...model(), config }, toyEncoder);
    const { adapter } = await generator.generate('sepia, strong', { seed: 0 });
    expect(adapter).toEqual(meanAdapter(data));
    expect(await recoveryError(generator, data.entries)).toBeCloseTo(1, 6);
  });

  it('depends on the phrase, the seed and the order of the blocks alone', async () => {
    const run = await DenoiserRun.create(engine, toyDenoiser, { ...recipe, steps: 3 }, material);
    for (let i = 0; i < 3; i++) await run.advance();
    const file = encodeGenerator(model(await run.averaged()), { note: 'toy' });
    const read = await decodeGenerator(file, 'generator');
    expect(read.metadata.note).toBe('toy');
    const generator = await WeightGenerator.create(engine, read, toyEncoder);
    const once = await generator.generate('sepia, strong', { seed: 0 });
    expect(once).toEqual(await generator.generate('sepia, strong', { seed: 0 }));
    const others = [
      await generator.generate('inverted, strong', { seed: 0 }),
      await generator.generate('sepia, strong', { seed: 1 }),
      await generator.generate('sepia, strong', {
        seed: 0,
        indices: Array.from({ length: generator.layout.count }, (_, n) => generator.layout.count - 1 - n),
      }),
    ];
    for (const other of others) expect(other.normalised).not.toEqual(once.normalised);
    const errors = await timestepErrors(
      generator,
      { ...data, entries: data.entries.map((entry) => ({ ...entry, use: 'validation' as const })) },
      [600, 999],
    );
    expect(errors.map(({ timestep }) => timestep).sort()).toEqual([600, 999]);
    expect(errors[0]?.error).toBeLessThanOrEqual(errors[1]?.error ?? 0);
  });

  it('answers bad input in sentences', async () => {
    expect(() => readPhrase(toyEncoder, '  ')).toThrow(
      'Say what the picture should look like, e.g. "halftone, fine".',
    );
    expect(() => readPhrase(toyEncoder, 'sepla')).toThrow(
      'No word of "sepla" is known; the nearest known words are sepia',
    );
    expect(readPhrase(toyEncoder, 'sepia glorx').unknown.map(({ word }) => word)).toEqual(['glorx']);
    const wide = { ...toyEncoder, id: 'clip', width: 512 };
    await expect(WeightGenerator.create(engine, model(), wide)).rejects.toThrow(
      'The text encoder clip gives 512 features a word, and the generator reads 4; use the encoder that it was trained with.',
    );
    const { 'mid_tf.norm.weight': _, ...weights } = freshUnet(toyDenoiser.unet, 0);
    await expect(decodeGenerator(encodeGenerator(model(weights), {}), 'g.safetensors')).rejects.toThrow(
      'g.safetensors lacks "mid_tf.norm.weight"; make it again with generator:train.',
    );
  });
});

it('the model card says what was measured', () => {
  const layout = blocksOf(toyDenoiser, toyTranslator);
  const facts = {
    ...{ file: 'generator.safetensors', bytes: 2048, config: toyDenoiser, recipe, layout, data },
    timestep: 800,
    timesteps: [
      { timestep: 800, error: 0.5 },
      { timestep: 600, error: 0.75 },
    ],
    errors: { family: 1.25, level: 0.5 },
    distances: {
      family: { written: 0.3, mean: 0.4, trained: 0.1 },
      level: { written: 0.2, mean: 0.35, trained: 0.15 },
    },
    ...{ seconds: 0.25, engine: 'toy engine', loss: 0.125 },
    pictures: { recipe: { ...recipe, batch: 3 }, each: 5, further: 0, loss: 0.0625 },
  };
  const card = modelCard(facts);
  expect(card).toContain('| held-out families | 0 | 1.250 | 0.3000 | 0.4000 | 0.1000 |');
  expect(card).toContain('| held-out levels of known families | 1 | 0.500 | 0.2000 | 0.3500 | 0.1500 |');
  expect(card).toContain('40 steps of 3 concepts, 5 pictures each');
  expect(card).toContain('distance of the last steps 0.0625');
  expect(card).not.toContain('held-out combinations');
  expect(card).toContain('800, the best of 600, 800 on the validation concepts');
  expect(card).toContain('0.25 s for all blocks, toy engine');
  expect(card).not.toContain('hint (ours)');
  const hinted = modelCard({ ...facts, hintNoise: 50 });
  expect(hinted).toContain('16 training pairs ask of the mean adapter to first order');
  expect(hinted).toContain('s² = 50; left out in a quarter of the cases');
  expect(hinted).toContain('0.25 s for all blocks, pairs not looked at, toy engine');
});

describe('baselines and inspection', () => {
  it('finds the concept of the nearest phrase', async () => {
    const near = await nearestAdapter(data, toyEncoder, phraseOf(toyConcepts[1] ?? { id: '', steps: [] }));
    expect(near.concept.id).toBe('invert-7');
    expect(near.similarity).toBeCloseTo(1, 6);
    expect(Object.keys(near.adapter)).toEqual(Object.keys(randomAdapter(toyBase, 0)));
  });

  it('tells a copy of a checkpoint from the mean and from a fair distance', () => {
    const blocks = blocksOf(toyDenoiser, toyTranslator);
    const training = data.entries.flatMap(({ concept, vectors }) =>
      vectors.map((vector, checkpoint) => ({
        concept: concept.id,
        checkpoint,
        blocks: blocksOfVector(blocks, layout, vector),
      })),
    );
    const copy = training[2];
    if (!copy) throw new Error('no checkpoint');
    for (const found of blockDistances(blocks, copy.blocks, training)) {
      expect(found).toMatchObject({ nearest: 0, concept: 'invert-7', checkpoint: 0 });
      expect(found.mean).toBeGreaterThan(0);
    }
    const nothing = new Float32Array(copy.blocks.length);
    expect(
      blockDistances(blocks, nothing, training).every(({ mean, nearest }) => mean === 0 && nearest > 0),
    ).toBe(true);
    const doubled = copy.blocks.map((value) => 2 * value);
    for (const { ratio } of normRatios(blocks, doubled, copy.blocks)) expect(ratio).toBeCloseTo(2, 6);
    expect(() => blockDistances(blocks, nothing, [])).toThrow(
      'There is no training checkpoint to measure the distance to.',
    );
  });
});
