// The request handler itself, as the page meets it, with real nets of toy size and real training.
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { type OnnxEngine, onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { loadEmoji } from '../../generator/data/emoji.ts';
import { decodeWeightDataSet } from '../../generator/dataset/weightDataSet.ts';
import { decodeGenerator, encodeGenerator } from '../../generator/denoiser/file.ts';
import { freshUnet } from '../../generator/denoiser/freshUnet.ts';
import { generatorPath, neighboursPath, translatorBasePath, wordTablePath } from '../../generator/paths.ts';
import { toyHinted } from '../../generator/testing.ts';
import { readWordTable, wordVectorEncoder } from '../../generator/text/wordVectors.ts';
import { decodeBase, encodeBase } from '../../generator/translator/baseFile.ts';
import { pictureTensor } from '../../generator/translator/pictureTensor.ts';
import { TranslatorRunner } from '../../generator/translator/runner.ts';
import { known } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import type { AdapterName, DrawJob, StartId, TuneJob } from '../generatorProtocol.ts';
import { loadStyleFiles } from './styleFiles.ts';
import { type TestHost, testHost, toyFiles } from './testing.ts';

let files: Map<string, Uint8Array>;
beforeAll(async () => {
  files = await toyFiles();
});

const named = (phrase: string, start: StartId = 'generated'): AdapterName => ({
  ...{ phrase, start, seed: 0, weights: 'start' },
});
const drawing = (adapter: AdapterName, rest: Partial<DrawJob> = {}): DrawJob => ({
  ...{ jobId: 'draw-1', adapter, emoji: 3 },
  ...rest,
});
const tuning = (rest: Partial<TuneJob> = {}): TuneJob => ({
  ...{ jobId: 'tune-1', phrase: 'sepia, strong', seed: 0, starts: ['generated'], steps: 8, emoji: 3 },
  ...rest,
});

async function opened(...of: Parameters<typeof testHost>): Promise<TestHost> {
  const host = testHost(...of);
  await host.ask({ kind: 'open' });
  return host;
}

describe('opening', () => {
  it('tells the emoji, the concepts and the starts, and answers a second time at once', async () => {
    const host = testHost(files);
    const info = await host.ask({ kind: 'open' });
    expect(info).toMatchObject({ trained: 8, side: 32 });
    expect(info.emoji).toHaveLength(72);
    const { solved, ...others } = info.starts;
    expect(Object.values(others)).toEqual([null, null, null, null, null]);
    expect(solved).toBe(
      'This generator reads phrases alone; npm run generator:train makes one that reads pairs.',
    );
    expect(info.recommended).toEqual({
      start: 'generated',
      why: 'No study is part of this build; the generated start is offered first.',
    });
    const partOf = (wanted: string) => info.suggestions.find(({ id }) => id === wanted)?.part;
    expect(['sepia-5', 'sepia-2', 'chalk-5'].map(partOf)).toEqual(['train', 'level', 'family']);
    expect(await host.ask({ kind: 'open' })).toEqual(info);
  });

  it('names the command that makes what is missing, and tries again when asked again', async () => {
    const some = new Map(files);
    some.delete(translatorBasePath);
    const host = testHost(some);
    await expect(host.ask({ kind: 'open' })).rejects.toThrow(
      'base.safetensors is needed for styles and is not there (base.safetensors could not be fetched: the server answered 404); npm run generator:base makes it.',
    );
    some.set(translatorBasePath, files.get(translatorBasePath) ?? new Uint8Array());
    expect((await host.ask({ kind: 'open' })).side).toBe(32);
  });

  it('goes without a generator, and offers the first start that can be made', async () => {
    const some = new Map(files);
    some.delete(generatorPath);
    const { starts, recommended } = await testHost(some).ask({ kind: 'open' });
    expect(starts.generated).toMatch(/generator.safetensors is needed .* npm run generator:train makes it/);
    expect(recommended).toEqual({
      start: 'nearest',
      why: 'Chosen because generated weights cannot be made here.',
    });
  });

  it('refuses a generator of wrong shapes, of another base, and words of another width', async () => {
    const model = await decodeGenerator(files.get(generatorPath) ?? new Uint8Array(), 'generator');
    const wide = { ...model.config.unet, context: 8 };
    const encoder = { ...model, config: { ...model.config, unet: wide }, weights: freshUnet(wide, 0) };
    const withModel = async (changed: typeof model) =>
      (await testHost(new Map(files).set(generatorPath, encodeGenerator(changed, {}))).ask({ kind: 'open' }))
        .starts.generated;
    expect(await withModel(encoder)).toMatch(/gives 4 features a word, and the generator reads 8/);
    expect(await withModel({ ...model, base: 'f'.repeat(64) })).toMatch(
      /generator.safetensors belongs to the base ffffffff…/,
    );
    const { 'mid_tf.norm.weight': _, ...weights } = model.weights;
    expect(await withModel({ ...model, weights })).toMatch(/lacks "mid_tf.norm.weight"/);
    const bytes = files.get(wordTablePath) ?? new Uint8Array();
    const short = new Map(files).set(wordTablePath, bytes.subarray(0, bytes.length - 9));
    await expect(testHost(short).ask({ kind: 'open' })).rejects.toThrow(/the file is incomplete/);
  });

  it('refuses a data set that was cut short and a translator that lacks a tensor', async () => {
    const file = (path: string) => files.get(path) ?? new Uint8Array();
    const data = file(neighboursPath);
    const cut = new Map(files).set(neighboursPath, data.subarray(0, data.length - 64));
    const { starts } = await testHost(cut).ask({ kind: 'open' });
    expect(starts.nearest).toMatch(/neighbours\.safetensors/);
    expect(starts.mean).toBe(starts.nearest);
    expect(starts.generated).toBeNull();
    const { 'stem.bn.weight': _, ...weights } = (await decodeBase(file(translatorBasePath), 'base')).weights;
    const lacking = encodeBase({ ...(await decodeBase(file(translatorBasePath), 'base')), weights }, {});
    await expect(
      testHost(new Map(files).set(translatorBasePath, lacking)).ask({ kind: 'open' }),
    ).rejects.toThrow('base.safetensors lacks "stem.bn.weight"; make it again with generator:base.');
  });

  it('is needed before anything else', async () => {
    await expect(testHost(files).ask({ kind: 'inspect', adapter: named('sepia') })).rejects.toThrow(
      'Styles are not open yet; wait until they are.',
    );
  });
});

describe('drawing', () => {
  it('shows the emoji before and after, and how far it is from the concept', async () => {
    const host = await opened(files);
    const drawn = await host.ask({ kind: 'draw', job: drawing(named('sepia, strong')) });
    expect(drawn.shown).toEqual([3, 8, 9, 10, 11, 12, 13, 14]);
    expect(drawn.drawn).toHaveLength(8 * 3 * 32 * 32);
    expect(drawn.wanted).toHaveLength(drawn.drawn.length);
    expect(drawn.concept).toEqual({ id: 'sepia-5', phrase: 'sepia, strong', part: 'train' });
    expect(drawn.drawn).not.toEqual(drawn.source);
    expect(drawn.distance).toBeNull();
    const job = { jobId: 'measure-1', adapter: named('sepia, strong') };
    const distance = await host.ask({ kind: 'measure', job });
    expect(distance).toBeGreaterThan(0);
    // What was measured is kept with the adapter, whichever emoji is drawn.
    const other = await host.ask({ kind: 'draw', job: drawing(named('sepia, strong'), { emoji: 70 }) });
    expect(other.distance).toBe(distance);
    expect(other.shown[0]).toBe(70);
  });

  it('differs between starts and phrases, and keeps each adapter', async () => {
    const host = await opened(files);
    const ask = async (phrase: string, start: StartId) =>
      host.ask({ kind: 'draw', job: drawing(named(phrase, start)) });
    const [generated, nearest, random, night] = [
      await ask('sepia, strong', 'generated'),
      await ask('sepia, strong', 'nearest'),
      await ask('sepia, strong', 'random'),
      await ask('night', 'generated'),
    ];
    expect(generated.milliseconds.make).toBeGreaterThan(0);
    expect(nearest.neighbour?.phrase).toBe('sepia, strong');
    for (const other of [nearest, random, night]) expect(other.drawn).not.toEqual(generated.drawn);
    const again = await ask('  Sepia  strong', 'generated');
    expect(again.milliseconds.make).toBeNull();
    expect(again.drawn).toEqual(generated.drawn);
  });

  it('draws a fresh adapter as the base itself draws', async () => {
    const host = await opened(files);
    const { drawn } = await host.ask({ kind: 'draw', job: drawing(named('sepia, strong', 'random')) });
    const base = await decodeBase(files.get(translatorBasePath) ?? new Uint8Array(), 'base');
    const encoder = wordVectorEncoder(readWordTable(files.get(wordTablePath) ?? new Uint8Array(), 'words'));
    const emoji = await loadEmoji(async (path) => files.get(path) ?? new Uint8Array());
    const engine = onnxEngine(await nodeRuntime('cpu', 1));
    const { config } = base;
    const runner = await TranslatorRunner.create(engine, {
      ...{ config, part: 'everything', batch: 1, tokens: encoder.tokens },
    });
    const { values } = encoder.encode('sepia, strong');
    const text = f32([1, encoder.tokens, encoder.width], values);
    const own = await runner.draw(base.weights, pictureTensor([emoji.picture('noto', 3)]), text);
    own.data.forEach((value, i) => {
      expect(Math.abs((drawn[i] ?? 0) - 255 * Math.min(1, Math.max(0, (value + 1) / 2)))).toBeLessThan(0.6);
    });
    await runner.dispose();
  });

  it('has no distance where the phrase names nothing that can be drawn', async () => {
    const host = await opened(files);
    const drawn = await host.ask({ kind: 'draw', job: drawing(named('then fine glorx')) });
    expect(drawn).toMatchObject({ concept: null, wanted: null, distance: null });
    const job = { jobId: 'measure-1', adapter: named('then fine glorx') };
    expect(await host.ask({ kind: 'measure', job })).toBeNull();
    expect(drawn.unknown.map(({ word }) => word)).toEqual(['glorx']);
  });

  it('answers an empty and an unknown phrase, and a bad job, in a sentence', async () => {
    const host = await opened(files);
    const refused = (adapter: AdapterName, rest: Partial<DrawJob> = {}) =>
      expect(host.ask({ kind: 'draw', job: drawing(adapter, rest) })).rejects;
    await refused(named(' ')).toThrow('Say what the picture should look like, e.g. "halftone, fine".');
    await refused(named('halftine')).toThrow(
      'No word of "halftine" is known; the nearest known words are halftone',
    );
    await refused(named('sepia'), { emoji: 72 }).toThrow('Emoji are numbered from 0 to 71, got 72.');
    await refused({ ...named('sepia'), start: 'best' as StartId }).toThrow('There is no start "best"');
    await refused({ ...named('sepia'), weights: 'tuned' }).toThrow(
      '"sepia" was not fine-tuned from this start in this visit.',
    );
  });

  it('is stopped between two pieces of work', async () => {
    const host = await opened(files);
    const job = host.ask({ kind: 'draw', job: drawing(named('sepia')) });
    await host.ask({ kind: 'stop', jobId: 'draw-1' });
    await expect(job).rejects.toMatchObject({ message: 'The drawing was stopped.', action: 'stopped' });
  });
});

describe('fine-tuning', () => {
  it('brings the held-out distance down from every start, on the same steps', async () => {
    const host = await opened(files);
    const starts: StartId[] = ['generated', 'random'];
    const job = tuning({ starts, steps: 32 });
    expect(await host.ask({ kind: 'tune', job })).toEqual({ jobId: 'tune-1', finished: true });
    const points = host.events.flatMap((event) => (event.kind === 'points' ? event.points : []));
    for (const start of starts) {
      const own = points.filter((point) => point.start === start);
      expect(own.map(({ step }) => step)).toEqual(Array.from({ length: 33 }, (_, n) => n));
      const held = own.flatMap(({ heldOut }) => heldOut ?? []);
      expect(held).toHaveLength(8);
      expect(held.at(-1)).toBeLessThan(held[0] ?? 0);
    }
    const tuned = { ...named('sepia, strong'), weights: 'tuned' as const };
    const { distance } = await host.ask({ kind: 'draw', job: drawing(tuned) });
    expect(distance).toBeCloseTo(points.findLast(({ start }) => start === 'generated')?.heldOut ?? 0, 6);
  });

  it('stops when asked and keeps what it has', async () => {
    const host = await opened(files);
    const job = host.ask({ kind: 'tune', job: tuning({ steps: 400, starts: ['random', 'mean'] }) });
    await host.event((event) => event.kind === 'points' && event.points.some(({ step }) => step >= 1));
    await host.ask({ kind: 'stop', jobId: 'tune-1' });
    expect(await job).toEqual({ jobId: 'tune-1', finished: false });
    const tuned = { ...named('sepia, strong', 'random'), weights: 'tuned' as const };
    expect((await host.ask({ kind: 'draw', job: drawing(tuned) })).drawn.length).toBeGreaterThan(0);
    await expect(host.ask({ kind: 'draw', job: drawing({ ...tuned, start: 'mean' }) })).rejects.toThrow(
      'was not fine-tuned',
    );
  });

  it('needs a concept that can be drawn, a start and steps', async () => {
    const host = await opened(files);
    const refused = (rest: Partial<TuneJob>) => expect(host.ask({ kind: 'tune', job: tuning(rest) })).rejects;
    await refused({ phrase: 'then fine' }).toThrow(
      'A fine-tune needs pictures to learn from, and "then fine" names none of the filters and emoji sets that Scion can draw; try "halftone, fine".',
    );
    await refused({ starts: [] }).toThrow('A fine-tune begins from one start at least.');
    await refused({ steps: 0 }).toThrow('A fine-tune takes 1 to 400 steps here, got 0.');
  });
});

describe('inspecting', () => {
  it('tells a copy, the mean and generated weights apart', async () => {
    const host = await opened(files);
    // Names no concept, so that no pictures can say how far from the mean to go.
    const phrase = 'strong';
    const ask = (start: StartId) => host.ask({ kind: 'inspect', adapter: named(phrase, start) });
    const [copy, mean, generated] = [await ask('nearest'), await ask('mean'), await ask('generated')];
    const { neighbour, share } = await host.ask({ kind: 'draw', job: drawing(named(phrase, 'nearest')) });
    expect(share).toBeNull();
    expect(copy.nearest).toEqual({ phrase: neighbour?.phrase, distance: expect.closeTo(0, 2) });
    for (const block of copy.blocks) expect(block.nearest).toBeLessThan(0.01);
    for (const block of mean.blocks) {
      expect(block.mean).toBeLessThan(1e-3);
      expect(block.normRatio).toBeLessThan(1e-3);
    }
    expect(generated.blocks.every(({ nearest, normRatio }) => nearest > 0 && normRatio > 0)).toBe(true);
    expect(copy.concepts).toBe(4);
    expect(copy.typical).toBeGreaterThan(0.5);
    expect(copy.layers.map(({ name }) => name)).toEqual([
      'stem',
      'down1',
      'down2',
      'ds',
      'us',
      'up1',
      'up2',
      'head',
    ]);
    expect(copy.blocks.at(-1)?.group).toMatch(/^head/);
    const counted = copy.layers.reduce((sum, { blocks }) => sum + blocks, 0);
    expect(copy.blocks).toHaveLength(counted);
  });

  it('shows the weights as far from the mean as they are used', async () => {
    const host = await opened(files);
    const shares = new Set<number>();
    for (const phrase of ['sepia, strong', 'negative, strong', 'grey, strong', 'night, strong']) {
      const adapter = named(phrase, 'nearest');
      const { share, neighbour } = await host.ask({ kind: 'draw', job: drawing(adapter) });
      expect(neighbour?.phrase).toBe(phrase);
      expect([0, 0.25, 0.5, 0.75, 1]).toContain(share);
      const { blocks, nearest } = await host.ask({ kind: 'inspect', adapter });
      const used = share ?? Number.NaN;
      shares.add(used);
      // Of a share of a trained adapter its other share is missing to it.
      if (used > 0.5) expect(nearest).toEqual({ phrase, distance: expect.closeTo(1 - used, 1) });
      if (used === 0) for (const block of blocks) expect(block.mean).toBeLessThan(1e-3);
    }
    expect(shares.size).toBeGreaterThan(1);
    for (const start of ['mean', 'random'] as const) {
      const job = drawing(named('sepia, strong', start));
      expect((await host.ask({ kind: 'draw', job })).share).toBeNull();
    }
  });

  it('looks at pairs where the phrase names a concept, and says so', async () => {
    const read = async (path: string) => known(files.get(path), path);
    const { base, pictures } = await loadStyleFiles(read);
    const data = await decodeWeightDataSet(known(files.get(neighboursPath), 'adapters'), 'adapters');
    const { model } = await toyHinted(onnxEngine(await nodeRuntime()), base, data, pictures);
    const host = await opened(new Map(files).set(generatorPath, encodeGenerator(model, {})));
    const draw = (phrase: string, start: StartId) =>
      host.ask({ kind: 'draw', job: drawing(named(phrase, start)) });
    expect(await draw('sepia, strong', 'generated')).toMatchObject({ seen: 16, share: null });
    expect(await draw('sepia, strong', 'solved')).toMatchObject({ seen: 16, share: null });
    const apart = await Promise.all(
      ['sepia, strong', 'negative, strong'].map(async (phrase) => (await draw(phrase, 'solved')).drawn),
    );
    expect(apart[0]).not.toEqual(apart[1]);
    expect(await draw('strong', 'generated')).toMatchObject({ seen: null, share: null });
    expect((await draw('sepia, strong', 'nearest')).seen).toBeNull();
    await expect(draw('strong', 'solved')).rejects.toThrow(
      '"strong" names none of the filters and emoji sets that Scion can draw, so there are no pairs to solve for; choose another start, or say "halftone, fine".',
    );
  });

  it('says what it lacks', async () => {
    const some = new Map(files);
    some.delete(neighboursPath);
    const host = await opened(some);
    await expect(host.ask({ kind: 'inspect', adapter: named('sepia', 'generated') })).rejects.toThrow(
      /neighbours.safetensors is needed .* npm run generator:data makes it/,
    );
  });
});

describe('a runtime that traps', () => {
  it('is told as one sentence, and another worker is asked for', async () => {
    const breaking = (real: OnnxEngine): OnnxEngine => ({
      ...real,
      compile: async (graph) => {
        const program = await real.compile(graph);
        return {
          ...program,
          run: () => Promise.reject(new WebAssembly.RuntimeError('unreachable executed')),
        };
      },
    });
    const host = await opened(files, { engine: breaking });
    await expect(host.ask({ kind: 'draw', job: drawing(named('sepia')) })).rejects.toThrow(
      'The weight generator met an error that it does not know: unreachable executed',
    );
    expect(host.gaveUp).toHaveLength(1);
  });
});
