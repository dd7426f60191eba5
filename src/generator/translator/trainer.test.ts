// Training a toy translator: it learns, an adapter starts as the base, and a resumed run is the uninterrupted one.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { f32 } from '../../lib/tensor.ts';
import { drawnSamples, samplesOf } from '../data/batches.ts';
import { toyBase, toyConcepts, toyEncoder, toyPictures, toyTranslator } from '../testing.ts';
import { adapterLayout } from './adapter.ts';
import { decodeBase, encodeBase, requireBase } from './baseFile.ts';
import { freshAdapter, freshJudge, freshTranslator, frozenDown } from './freshWeights.ts';
import { TranslatorRunner } from './runner.ts';
import { decodeState, encodeState } from './stateFile.ts';
import { StatisticsPass } from './statisticsPass.ts';
import { firstState, type TrainedPart, TranslatorTrainer } from './trainer.ts';

const engine = referenceEngine();
const batch = 2;
const { tokens } = toyEncoder;

async function trainerOf(part: TrainedPart): Promise<TranslatorTrainer> {
  const trainer = await TranslatorTrainer.create(
    engine,
    { config: toyTranslator, part, batch, tokens },
    part === 'adapter' ? toyBase.weights : {},
  );
  const weights =
    part === 'adapter'
      ? { ...toyBase.weights, ...freshAdapter(toyTranslator, toyBase.weights, 0) }
      : freshTranslator(toyTranslator, 1);
  trainer.begin(firstState(toyTranslator, part, weights, freshJudge(toyTranslator, 1)));
  return trainer;
}

const samples = drawnSamples(toyConcepts, 6, { seed: 0, purpose: 'test', batch });

async function distances(trainer: TranslatorTrainer, steps: number, rate = 1e-2): Promise<number[]> {
  const pictures = toyPictures();
  const found: number[] = [];
  for (let i = 0; i < steps; i++) {
    found.push((await trainer.run(pictures.batch(samples(trainer.step)), rate)).distance);
  }
  return found;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('training a translator', () => {
  it.each(['everything', 'adapter'] as const)('brings the distance down when %s is trained', async (part) => {
    const found = await distances(await trainerOf(part), 16);
    expect(mean(found.slice(-4))).toBeLessThan(0.9 * mean(found.slice(0, 2)));
  });

  it.each([
    ['everything', true],
    ['adapter', false],
  ] as const)('of %s carries on the running averages: %s', async (part, moves) => {
    const trainer = await trainerOf(part);
    const before = (await trainer.state()).running;
    await distances(trainer, 2);
    const { running } = await trainer.state();
    const same = (name: string) => JSON.stringify(running[name]) === JSON.stringify(before[name]);
    expect(same('stem.bn.running_mean')).toBe(!moves);
    expect(same('d/bn2.running_mean')).toBe(false);
  });

  it('of an adapter with frozen down projections trains up alone, and from any start alike', async () => {
    const config = { ...toyTranslator, down: 'frozen' } as const;
    const weights = { ...toyBase.weights, ...frozenDown(config) };
    const trainer = await TranslatorTrainer.create(
      engine,
      { config, part: 'adapter', batch, tokens },
      weights,
    );
    const names = adapterLayout(config).entries.map(({ name }) => name);
    expect(names).toEqual(
      adapterLayout(toyTranslator)
        .entries.map(({ name }) => name)
        .filter((name) => !name.endsWith('lora_down.weight')),
    );
    expect(freshAdapter(config, weights, 1)).toEqual(freshAdapter(config, weights, 2));
    const start = { ...weights, ...freshAdapter(config, weights, 1) };
    trainer.begin(firstState(config, 'adapter', start, freshJudge(config, 1)));
    const found = await distances(trainer, 16);
    expect(mean(found.slice(-4))).toBeLessThan(0.9 * mean(found.slice(0, 2)));
  });

  it('resumes to the same numbers through a file', async () => {
    const whole = await trainerOf('adapter');
    await distances(whole, 4);
    const half = await trainerOf('adapter');
    await distances(half, 2);
    const saved = encodeState(await half.state(), 'recipe');
    const resumed = await trainerOf('adapter');
    expect(await decodeState(saved, 'state', 'another recipe')).toBeUndefined();
    const state = await decodeState(saved, 'state', 'recipe');
    if (!state) throw new Error('no state');
    resumed.begin(state);
    await distances(resumed, 2);
    expect(await resumed.state()).toEqual(await whole.state());
  });

  it('leaves the state as it was when a step is not finite', async () => {
    const trainer = await trainerOf('adapter');
    const before = await trainer.state();
    const sound = toyPictures().batch(samples(0));
    const broken = {
      ...sound,
      target: f32(
        sound.target.shape,
        sound.target.data.map(() => Number.NaN),
      ),
    };
    expect((await trainer.run(broken, 1e-2)).sound).toBe(false);
    expect(await trainer.state()).toEqual(before);
  });

  it('refuses a base that lacks a tensor', async () => {
    const { 'res1.conv1.weight': _, ...rest } = toyBase.weights;
    await expect(
      TranslatorTrainer.create(engine, { config: toyTranslator, part: 'adapter', batch, tokens }, rest),
    ).rejects.toThrow('The base lacks "res1.conv1.weight"; is this file of the same translator?');
  });
});

describe('drawing', () => {
  const runnerOf = (part: TrainedPart) =>
    TranslatorRunner.create(engine, { config: toyTranslator, part, batch: 2, tokens });
  const own = toyPictures().batch(samplesOf(toyConcepts[0] ?? { id: '', steps: [] }, [0, 1]));
  const more = toyPictures().batch(samplesOf(toyConcepts[1] ?? { id: '', steps: [] }, [2, 3]));

  it('with a fresh adapter is drawing with the base', async () => {
    const [bare, adapted] = [await runnerOf('everything'), await runnerOf('adapter')];
    const weights = { ...toyBase.weights, ...freshAdapter(toyTranslator, toyBase.weights, 5) };
    const drawn = await adapted.draw(weights, own.source, own.text);
    const base = await bare.draw(toyBase.weights, own.source, own.text);
    expect([...drawn.data]).toEqual([...base.data]);
  });

  it('measures the statistics of all batches, not of the last', async () => {
    const pass = await StatisticsPass.create(engine, { config: toyTranslator, batch: 2, tokens });
    const both = await pass.over(toyBase.weights, [own, more]);
    const [a, b] = [await pass.over(toyBase.weights, [own]), await pass.over(toyBase.weights, [more])];
    const at = (from: typeof both, name: string) => from[`stem.bn.${name}`]?.data[0] ?? Number.NaN;
    const [ma, mb] = [at(a, 'running_mean'), at(b, 'running_mean')];
    const mid = (ma + mb) / 2;
    expect(at(both, 'running_mean')).toBeCloseTo(mid, 5);
    const variance = (at(a, 'running_var') + ma ** 2 + at(b, 'running_var') + mb ** 2) / 2 - mid ** 2;
    expect(at(both, 'running_var')).toBeCloseTo(variance, 5);
    expect(ma).not.toBeCloseTo(mb, 3);
  });

  it('refuses pictures of another size in a sentence', async () => {
    const runner = await runnerOf('everything');
    const small = f32([2, 3, 8, 8], new Float32Array(2 * 3 * 64));
    await expect(runner.draw(toyBase.weights, small, own.text)).rejects.toThrow(
      'The translator draws [2, 3, 16, 16], got pictures of [2, 3, 8, 8].',
    );
  });
});

describe("the base's file", () => {
  it('reads back what was written, in half precision', async () => {
    const read = await decodeBase(encodeBase(toyBase, { steps: '3' }), 'base');
    expect(read.config).toEqual(toyTranslator);
    expect(read.metadata.steps).toBe('3');
    const [name, tensor] = Object.entries(toyBase.weights)[0] ?? ['', f32([0], [])];
    read.weights[name]?.data.forEach((value, i) => {
      expect(value).toBeCloseTo(tensor.data[i] ?? Number.NaN, 3);
    });
  });

  it('names what is missing or belongs elsewhere', async () => {
    const { 'stem.bn.bias': _, ...weights } = toyBase.weights;
    await expect(decodeBase(encodeBase({ ...toyBase, weights }, {}), 'b.safetensors')).rejects.toThrow(
      'b.safetensors lacks "stem.bn.bias"; make it again with generator:base.',
    );
    const wide = { ...toyTranslator, shape: { ...toyTranslator.shape, width: 4 } };
    await expect(decodeBase(encodeBase({ ...toyBase, config: wide }, {}), 'b.safetensors')).rejects.toThrow(
      /stem\.conv\.conv\.weight of b\.safetensors has shape \[2, 3, 7, 7\], expected \[4, 3, 7, 7\]/,
    );
    expect(() => requireBase(toyBase, 'b'.repeat(64), 'The data set')).toThrow(
      'The data set belongs to the base bbbbbbbb…, and this base is aaaaaaaa…; make it again for this base.',
    );
  });

  it('gives every adapter the same down projection, and up projections of zero', () => {
    const [a, b] = [
      freshAdapter(toyTranslator, toyBase.weights, 0),
      freshAdapter(
        toyTranslator,
        {
          ...toyBase.weights,
        },
        0,
      ),
    ];
    expect(a).toEqual(b);
    expect(a['stem.conv.lora_up.weight']?.data.every((value) => value === 0)).toBe(true);
    expect(Object.keys(a)).toEqual(adapterLayout(toyTranslator).entries.map(({ name }) => name));
  });
});
