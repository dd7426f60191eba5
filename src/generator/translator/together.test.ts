// A base and adapters trained together: pictures with adapters of their own are drawn as each adapter alone draws them,
// only the concepts of a batch move their rows, and the mean moves into the base without a change of any picture.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { constant, graphOf } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, i32, type Tensor } from '../../lib/tensor.ts';
import { unpack } from '../../train/parameters.ts';
import { drawnSamples, samplesOf } from '../data/batches.ts';
import { toyConcepts, toyEncoder, toyFrozen, toyFrozenBase, toyPictures } from '../testing.ts';
import { adapterLayout } from './adapter.ts';
import { freshJudge } from './freshWeights.ts';
import { TranslatorRunner } from './runner.ts';
import { baseConvName, loraNames } from './shape.ts';
import { adaptersOfPictures, adapterTable, centred } from './together.ts';
import { firstState, TranslatorTrainer, trainedLayout } from './trainer.ts';
import { translator } from './translator.ts';

const engine = referenceEngine();
const { tokens } = toyEncoder;
const { size } = adapterLayout(toyFrozen);
const concepts = toyConcepts.length;
const { weights } = toyFrozenBase;
/** Adapters that differ visibly. */
const table = f32([concepts, size], randomStream(5, 'table').normal(new Float32Array(concepts * size)));
const rowOf = (all: Tensor, row: number) =>
  Float32Array.from(all.data.subarray(row * size, (row + 1) * size));
const first = known(toyConcepts[0], 'concept');

function largest(a: Tensor, b: Tensor): number {
  let most = 0;
  a.data.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - (b.data[i] ?? Number.NaN)));
  });
  return most;
}

async function drawnAlone(base: Readonly<Record<string, Tensor>>, adapter: Float32Array): Promise<Tensor> {
  const spec = { config: toyFrozen, part: 'adapter', batch: 1, tokens } as const;
  const runner = await TranslatorRunner.create(engine, spec);
  const { source, text } = toyPictures().batch(samplesOf(first, [0]));
  return runner.draw({ ...base, ...unpack(adapterLayout(toyFrozen), adapter) }, source, text);
}

/** The row plus what the base has under the same names. */
function withBase(base: Readonly<Record<string, Tensor>>, row: Float32Array): Float32Array {
  const sum = row.slice();
  for (const { name, offset } of adapterLayout(toyFrozen).entries) {
    base[name]?.data.forEach((value, i) => {
      sum[offset + i] = (sum[offset + i] ?? Number.NaN) + value;
    });
  }
  return sum;
}

describe('adapters of pictures', () => {
  it('draw each picture as its adapter alone does', async () => {
    const rows = [2, 0, 2];
    const { source, text } = toyPictures().batch(samplesOf(first, [0, 0, 0]));
    const own = adaptersOfPictures(toyFrozen, constant(table), constant(i32([3], rows)));
    const { image } = translator(
      toyFrozen.shape,
      constant(source),
      constant(text),
      (name) => own.get(name) ?? constant(known(weights[name], name)),
      { statistics: 'running', loraScale: toyFrozen.loraScale },
    );
    const program = await engine.compile(graphOf({ image }));
    const drawn = await known((await program.run({})).image, 'image').read();
    const each = drawn.data.length / 3;
    for (const [n, row] of rows.entries()) {
      const alone = await drawnAlone(weights, rowOf(table, row));
      const cut = f32(alone.shape, Float32Array.from(drawn.data.subarray(n * each, (n + 1) * each)));
      expect(largest(cut, alone)).toBeLessThan(1e-5);
    }
    const other = await drawnAlone(weights, rowOf(table, 0));
    expect(largest(other, await drawnAlone(weights, rowOf(table, 2)))).toBeGreaterThan(1e-2);
  });

  it('move only with the concepts of a batch, while the base moves with all', async () => {
    const spec = { config: toyFrozen, part: 'together', batch: 2, tokens, concepts } as const;
    const trainer = await TranslatorTrainer.create(engine, spec, weights);
    const nothing = f32([concepts, size], new Float32Array(concepts * size));
    const start = { ...weights, [adapterTable]: nothing };
    trainer.begin(firstState(toyFrozen, 'together', start, freshJudge(toyFrozen, 1), concepts));
    const pictures = toyPictures();
    const samples = drawnSamples([first], 6, { seed: 0, purpose: 'together', batch: 2 });
    const distances: number[] = [];
    for (let step = 0; step < 16; step++) {
      const batch = pictures.batch(samples(step));
      distances.push((await trainer.run(batch, 1e-2, i32([2], [1, 1]))).distance);
    }
    expect(known(distances.at(-1), 'last')).toBeLessThan(0.9 * known(distances[0], 'first'));
    const after = unpack(trainedLayout(toyFrozen, 'together', concepts), await trainer.trained());
    const moved = known(after[adapterTable], adapterTable);
    expect(rowOf(moved, 0).every((value) => value === 0)).toBe(true);
    expect(rowOf(moved, 2).every((value) => value === 0)).toBe(true);
    expect(rowOf(moved, 1).some((value) => value !== 0)).toBe(true);
    // The base's own numbers move, the down projections that all adapters share among them.
    for (const name of [baseConvName('stem'), loraNames('stem').down]) {
      expect(known(after[name], name).data).not.toEqual(known(weights[name], name).data);
    }
  });

  it('give their mean to the base without a change of any picture', async () => {
    const { weights: middle, table: rest } = centred(toyFrozen, weights, table);
    const sums = Float64Array.from({ length: size }, (_, i) =>
      [0, 1, 2].reduce((sum, row) => sum + (rest.data[row * size + i] ?? Number.NaN), 0),
    );
    expect(Math.max(...sums.map(Math.abs))).toBeLessThan(1e-5);
    for (const row of [0, 1, 2]) {
      const before = await drawnAlone(weights, withBase(weights, rowOf(table, row)));
      const after = await drawnAlone(middle, withBase(middle, rowOf(rest, row)));
      expect(largest(before, after)).toBeLessThan(1e-4);
    }
  });
});
