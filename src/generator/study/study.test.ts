// The study's arithmetic on curves made by hand, and one real run of a few steps at toy size.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { known } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import { frechetDistance } from '../../metrics/frechet.ts';
import { conceptSplit } from '../concepts/split.ts';
import { WeightGenerator } from '../generate.ts';
import { Shrinkage } from '../shrinkage.ts';
import {
  toyBase,
  toyConcepts,
  toyDataSet,
  toyEncoder,
  toyFrozenBase,
  toyHinted,
  toyPictures,
} from '../testing.ts';
import { standIn, studyConcepts } from './choose.ts';
import { Lab, type Point } from './curve.ts';
import { type Contestants, type Method, methods, startOf, strangeIndices } from './methods.ts';
import { PatchFeatures } from './patchFeatures.ts';
import { reportText, verdictLine } from './report.ts';
import {
  bestWithin,
  curveArea,
  defaultStart,
  paired,
  rowsOf,
  type StudyRun,
  secondsTo,
  speedAgainst,
  verdictOf,
} from './summary.ts';
import { meanUntrained, pairedUntrained, type UntrainedRow, untrainedRow } from './untrained.ts';

const engine = referenceEngine();

/** Points at steps 0, 10, 20, a second for every ten steps. */
const points = (...values: readonly number[]): Point[] =>
  values.map((value, i) => ({ step: 10 * i, seconds: i, distance: value, fd: 10 * value }));

const run = (method: Method, concept: string, seed: number, ...values: number[]): StudyRun => ({
  ...{ method, concept, seed, part: 'level' as const },
  points: points(...values),
});

/** Every method on three concepts and two seeds; the generated start is best, the controls hurt. */
function field(generated = [0.5, 0.3, 0.2]): StudyRun[] {
  const values: Readonly<Record<Method, readonly number[]>> = {
    scratch: [1, 0.8, 0.3],
    e2gan: [0.9, 0.65, 0.35],
    random: [0.9, 0.6, 0.3],
    mean: [0.8, 0.5, 0.3],
    nearest: [0.7, 0.45, 0.25],
    solved: [0.72, 0.46, 0.25],
    regressor: [0.6, 0.4, 0.25],
    generated,
    phrase: [0.6, 0.4, 0.22],
    'shuffled-prompt': [0.9, 0.6, 0.3],
    'shuffled-index': [0.95, 0.7, 0.3],
    'shuffled-pictures': [0.9, 0.7, 0.3],
  };
  return methods.flatMap(({ id }) =>
    ['a', 'b', 'c'].flatMap((concept, c) =>
      [0, 1].map((seed) =>
        run(id, concept, seed, ...values[id].map((value) => value + 0.01 * c + 0.001 * seed * (c + 1))),
      ),
    ),
  );
}

describe('what curves say', () => {
  it('the area is the mean over steps, up to the last one', () => {
    expect(curveArea(points(1, 0.5, 0), 'distance', 20)).toBeCloseTo(0.5, 12);
    expect(curveArea(points(1, 0.5, 0), 'distance', 10)).toBeCloseTo(0.75, 12);
  });

  it('the time to a quality lies between two points', () => {
    expect(secondsTo(points(1, 0.5, 0), 'distance', 0.75)).toBeCloseTo(0.5, 12);
    expect(secondsTo(points(1, 0.5, 0.2), 'distance', 2)).toBe(0);
    expect(secondsTo(points(1, 0.5, 0.2), 'distance', 0.1)).toBeUndefined();
  });

  it('speed is against the rival of the same concept and seed', () => {
    const runs = [run('scratch', 'a', 0, 1, 0.8, 0.5), run('generated', 'a', 0, 0.8, 0.2, 0.1)];
    // 0.5 is met half-way in the first second; from scratch took two.
    const one = { of: 1, isBound: false };
    expect(speedAgainst(runs, 'generated', 'scratch', 'distance')).toEqual({ ...one, ratio: 4, reached: 1 });
    expect(speedAgainst(runs, 'scratch', 'scratch', 'distance')).toEqual({ ...one, ratio: 1, reached: 1 });
    const never = [run('scratch', 'a', 0, 1, 0.8, 0.05), run('generated', 'a', 0, 0.8, 0.2, 0.1)];
    expect(speedAgainst(never, 'generated', 'scratch', 'distance')).toEqual({
      ...{ ...one, ratio: undefined, reached: 0 },
    });
    // A run that never comes there is slower than all others: it moves the median, and half of such leave none.
    const other = (goal: number) => [
      run('scratch', 'b', 0, 1, 0.8, goal),
      run('generated', 'b', 0, 0.8, 0.7, 0.6),
    ];
    const third = [run('scratch', 'c', 0, 1, 0.8, 0.7), run('generated', 'c', 0, 0.8, 0.7, 0.6)];
    const two = [...runs, ...other(0.5)];
    expect(speedAgainst(two, 'generated', 'scratch', 'distance')).toMatchObject({
      ratio: undefined,
      reached: 1,
    });
    const three = [...two, ...third];
    expect(speedAgainst(three, 'generated', 'scratch', 'distance')).toMatchObject({
      ...{ reached: 2, of: 3 },
      ratio: expect.closeTo(2, 9),
    });
  });

  const end = (method: Method, step: number, seconds: number, distance: number): StudyRun => ({
    ...run(method, 'a', 0),
    points: [{ step, seconds, distance, fd: 1 }],
  });

  it("speed is told at the end of training from scratch, where the soonest of a start's lengths counts", () => {
    const runs = [
      run('scratch', 'a', 0, 1, 0.8, 0.4),
      run('e2gan', 'a', 0, 1, 0.8, 0.5),
      run('random', 'a', 0, 1, 0.8, 0.5),
      run('generated', 'a', 0, 0.8, 0.6, 0.3),
    ];
    const lengths = [
      end('e2gan', 90, 9, 0.4),
      end('random', 80, 8, 0.4),
      end('generated', 5, 0.5, 0.4),
      end('generated', 4, 0.4, 0.45),
    ];
    const all = [...runs, ...lengths];
    // Random comes to 0.4 after eight seconds, from scratch after two, generated after half a second.
    expect(speedAgainst(all, 'generated', 'random', 'distance').ratio).toBeCloseTo(16, 9);
    expect(speedAgainst(all, 'generated', 'scratch', 'distance').ratio).toBeCloseTo(4, 9);
    const text = reportText(
      runs,
      { generationSeconds: 0.5, engine: 'toy', emoji: 2, last: 20, pairs: 512 },
      lengths,
    );
    expect(text).toContain('Sooner than training from scratch at its final L1: 4.0× (1/1), wanted 15×.');
    expect(text).toContain(
      'Sooner there than E2GAN (its own base + random adapter): 18.0× (1/1), wanted 4.6×.',
    );
    expect(text).toContain(
      'Sooner there than a random adapter on our base, which is trained together with adapters: 16.0× (1/1).',
    );
    expect(text).toContain('| generated adapter | 0.4500 | 0.4000 | 0.3000 |  |');
  });

  it('wall clock is told by the best run that is there by then', () => {
    const runs = [
      run('random', 'a', 0, 1, 0.8, 0.5),
      run('random', 'b', 0, 0.8, 0.7, 0.3),
      end('random', 4, 0.5, 0.6),
    ];
    // At once, nothing but the starts; after half a second one concept's short run is there.
    expect(bestWithin(runs, 'random', 0, 'distance')).toBeCloseTo(0.9, 12);
    expect(bestWithin(runs, 'random', 0.5, 'distance')).toBeCloseTo(0.7, 12);
    expect(bestWithin(runs, 'random', 2, 'distance')).toBeCloseTo(0.4, 12);
    expect(bestWithin(runs, 'random', -1, 'distance')).toBeUndefined();
    expect(bestWithin(runs, 'mean', 1, 'distance')).toBeUndefined();
    const facts = { generationSeconds: 0.5, engine: 'toy', emoji: 2, last: 20, pairs: 512 };
    const text = reportText(runs.slice(0, 2), facts, runs.slice(2));
    expect(text).toContain('| our base + random adapter | 0.9000, 9.00 |');
  });

  it('a rival that never comes to the quality bounds the ratio from below', () => {
    const runs = [
      run('scratch', 'a', 0, 1, 0.8, 0.4),
      run('random', 'a', 0, 1, 0.8, 0.5),
      run('generated', 'a', 0, 0.8, 0.6, 0.3),
    ];
    const speed = speedAgainst([...runs, end('generated', 5, 0.5, 0.4)], 'generated', 'random', 'distance');
    expect(speed).toEqual({ ratio: 4, reached: 1, of: 1, isBound: true });
  });

  it('differences are paired by concept, seeds being no samples', () => {
    expect(paired(field(), 'mean', 'distance', 20)?.concepts).toBe(3);
    expect(paired(field(), 'mean', 'distance', 20)?.mean).toBeCloseTo(0.2, 6);
    expect(paired(field().slice(0, 1), 'mean', 'distance', 20)).toBeUndefined();
  });

  it('the first line tells a generator that is best from one that is not', () => {
    expect(verdictOf(field(), 'distance', 20)).toEqual({ equals: [], unmeasured: [] });
    expect(verdictLine(field(), 20)).toMatch(/^The generated start beats every fair baseline/);
    const worse = field([0.65, 0.42, 0.25]);
    expect(verdictOf(worse, 'distance', 20).equals.map(({ method }) => method)).toEqual(['regressor']);
    expect(verdictLine(worse, 20)).toMatch(/^A fair baseline does as well as the generator: plain regressor/);
    const bare = field().filter(({ method }) => method === 'generated');
    expect(verdictLine(bare, 20)).toBe(
      "Nothing can be said for the generator yet: mean adapter, nearest concept's adapter, first-order solution of 16 pairs, plain regressor and the generated start have not been run on two common concepts.",
    );
  });

  it('the report holds every method, and the held-out parts apart', () => {
    const runs = field().map((one) => (one.concept === 'c' ? { ...one, part: 'family' as const } : one));
    const text = reportText(runs, { generationSeconds: 0.5, engine: 'toy', emoji: 2, last: 20, pairs: 512 });
    for (const { label } of methods) expect(text.split(label).length).toBeGreaterThanOrEqual(4);
    expect(text).toContain('held-out families');
    expect(text).not.toContain('held-out combinations');
    expect(rowsOf(runs, 'distance', 20)).toHaveLength(methods.length);
  });
});

describe('starts before any training', () => {
  const row = (concept: string, distances: Partial<Record<Method, number>>): UntrainedRow => ({
    ...{ concept, part: 'level' },
    written: Object.fromEntries(
      Object.entries(distances).map(([method, distance]) => [method, { distance, fd: 1 }]),
    ),
    shrunk: { phrase: { distance: 0.1, fd: 1 } },
  });
  const told = (rows: readonly UntrainedRow[]) =>
    reportText(field(), { generationSeconds: 0.5, engine: 'toy', emoji: 2, last: 20, pairs: 512 }, [], rows);

  it('say whether the controls hurt, by all concepts', () => {
    const rows = [0.2, 0.3, 0.25].map((distance, n) =>
      row(`c${n}`, {
        ...{ mean: 0.5, generated: distance, phrase: distance + 0.1 },
        'shuffled-prompt': distance + 0.3 + 0.01 * n,
        'shuffled-index': distance + (n - 1) * 0.3,
      }),
    );
    expect(pairedUntrained(rows, 'shuffled-prompt', 'phrase')?.mean).toBeCloseTo(0.21, 9);
    expect(meanUntrained(rows, 'generated', 'written')).toBeCloseTo(0.25, 9);
    expect(meanUntrained(rows, 'phrase', 'shrunk')).toBeCloseTo(0.1, 9);
    expect(meanUntrained(rows, 'mean', 'shrunk')).toBeUndefined();
    const text = told(rows);
    expect(text).toContain(
      'These controls do not hurt by two standard errors: generated, block indices shuffled',
    );
    expect(text).toContain("from another concept's phrase alone +0.2100 ± 0.0058");
    expect(text).toContain('| mean adapter |  | 0.5000 |  | 0.5000 |  |  |  |  |');
    const clear = rows.map((one) => ({
      ...one,
      written: { ...one.written, 'shuffled-index': { distance: 0.9, fd: 1 } },
    }));
    expect(told(clear)).toContain('All controls hurt: the phrase and the block index are used');
    expect(told([])).toContain('Controls are not measured on two concepts yet.');
  });

  it('are measured as they were made and at the strength that pictures like', async () => {
    const { lab, contestants } = await toyLab();
    const made = known(toyConcepts[1], 'concept');
    const { written, shrunk, part } = await untrainedRow(lab, contestants, made, 'level');
    expect(part).toBe('level');
    expect(Object.keys(written)).toEqual(methods.slice(1).map(({ id }) => id));
    expect(Object.keys(shrunk)).toEqual(['nearest', 'phrase', 'shuffled-prompt']);
    const { shrinkage: _, ...plain } = contestants;
    const start = await startOf('nearest', made, 0, plain);
    expect(written.nearest).toEqual(await lab.quality('adapter', start.weights, made));
    expect(shrunk.nearest).toEqual(
      await lab.quality('adapter', (await startOf('nearest', made, 0, contestants)).weights, made),
    );
  });
});

describe('the start that is offered first', () => {
  const equal = (method: Method, mean: number) => ({ method, paired: { mean, error: 0.1, concepts: 9 } });
  const verdict = { harmless: [], unmeasured: [] };

  it('is the one of the lowest mean, and the simpler one of two that are equal', () => {
    expect(defaultStart({ ...verdict, equals: [] })).toBe('generated');
    expect(defaultStart({ ...verdict, equals: [equal('nearest', 0.05)] })).toBe('generated');
    expect(defaultStart({ ...verdict, equals: [equal('regressor', -0.01), equal('mean', 0.1)] })).toBe(
      'regressor',
    );
    expect(defaultStart({ ...verdict, equals: [equal('mean', 0)] })).toBe('mean');
  });
});

describe('what is run', () => {
  it('takes concepts of every held-out part, and no stand-in for itself', () => {
    const chosen = studyConcepts(4);
    expect(chosen.map(({ part }) => part)).toEqual(
      ['family', 'level', 'combination'].flatMap((part) => [part, part, part, part]),
    );
    const held = new Set(
      conceptSplit().flatMap(({ part, concept }) => (part === 'train' ? [] : [concept.id])),
    );
    expect(chosen.every(({ concept }) => held.has(concept.id))).toBe(true);
    const concepts = chosen.map(({ concept }) => concept);
    expect(new Set(concepts.map(({ id }) => id)).size).toBe(12);
    for (const concept of concepts) expect(standIn(concepts)(concept).id).not.toBe(concept.id);
  });

  it('tells every block another index, however few there are', () => {
    for (const count of [2, 3, 8]) {
      for (let seed = 0; seed < 10; seed++) {
        const indices = strangeIndices(count, seed);
        expect(new Set(indices).size).toBe(count);
        expect(indices.every((index, i) => index !== i)).toBe(true);
      }
    }
    expect(strangeIndices(1, 0)).toEqual([0]);
  });

  it('features tell equal pictures from others', async () => {
    const features = await PatchFeatures.create(engine, 4, 16);
    const pictures = (scale: number) =>
      f32(
        [4, 3, 16, 16],
        Float32Array.from({ length: 4 * 3 * 256 }, (_, i) => Math.sin(i * scale)),
      );
    const [a, b] = [await features.statistics(pictures(1.3)), await features.statistics(pictures(0.1))];
    expect(Math.abs(frechetDistance(a, a))).toBeLessThan(1e-4);
    expect(frechetDistance(a, b)).toBeGreaterThan(0.1);
    await expect(features.statistics(f32([1, 3, 16, 16], new Float32Array(768)))).rejects.toThrow(
      'Features are measured on 4 pictures, got [1, 3, 16, 16].',
    );
  });

  it.each(methods.map(({ id }) => id))('a run from %s is measured and is the same again', async (method) => {
    const { lab, contestants } = await toyLab();
    const made = known(toyConcepts[1], 'concept');
    const once = async () => {
      const curve = await lab.curve(await startOf(method, made, 0, contestants), made, 0, {
        at: [0, 2],
        rate: 1e-2,
      });
      return curve.map(({ step, distance, fd }) => ({ step, distance, fd }));
    };
    const first = await once();
    expect(first.map(({ step }) => step)).toEqual([0, 2]);
    expect(first.every(({ distance, fd }) => distance > 0 && Number.isFinite(fd))).toBe(true);
    expect(first[1]).not.toEqual(first[0]);
    expect(await once()).toEqual(first);
  });
});

/** Toy nets and toy pictures; the regressor is the generator. */
async function toyLab(): Promise<{ lab: Lab; contestants: Contestants }> {
  const data = toyDataSet();
  const pictures = toyPictures();
  const { model } = await toyHinted(engine, toyBase, data, pictures);
  const generator = await WeightGenerator.create(engine, model, toyEncoder, { base: toyBase, pictures });
  const contestants: Contestants = {
    ...{ base: toyBase, e2gan: toyFrozenBase, data, encoder: toyEncoder, generator, regressor: generator },
    shrinkage: await Shrinkage.create(engine, toyBase, pictures),
    other: standIn(toyConcepts),
  };
  const lab = await Lab.create(engine, contestants, pictures, { batch: 2, pairs: 6, statisticsPictures: 2 });
  return { lab, contestants };
}
