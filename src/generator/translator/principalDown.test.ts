// Turned down projections: no picture changes, and the gradients of the up projections are uncorrelated afterwards.
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { unpack } from '../../train/parameters.ts';
import { samplesOf } from '../data/batches.ts';
import { toyConcepts, toyEncoder, toyFrozen, toyFrozenBase, toyPictures } from '../testing.ts';
import { adapterLayout } from './adapter.ts';
import { decodeBase, encodeBase } from './baseFile.ts';
import type { TranslatorConfig } from './configuration.ts';
import { freshAdapter, frozenDown } from './freshWeights.ts';
import {
  adapterGradients,
  type GradientCase,
  principalTurns,
  turnedAdapter,
  turnedDowns,
} from './principalDown.ts';
import { TranslatorRunner } from './runner.ts';
import { loraNames } from './shape.ts';

const engine = referenceEngine();
const { tokens } = toyEncoder;
const config: TranslatorConfig = {
  ...toyFrozen,
  ranks: { stem: 5, down1: 3, down2: 2, ds: 2, us: 2, up1: 3, up2: 3, head: 4 },
};
const base = { ...toyFrozenBase.weights, ...frozenDown(config) };
const layout = adapterLayout(config);
const pictures = toyPictures();
const first = known(toyConcepts[0], 'concept');
const spec = { config, batch: 2, tokens };

/** The base's own adapter with an update that is something. */
function moved(seed: number): Float32Array {
  const own = freshAdapter(config, base, 0);
  const noise = randomStream(seed, 'moved').normal(new Float32Array(layout.size));
  return Float32Array.from(noise, (z, i) => {
    const entry = known(
      layout.entries.find(({ offset, size }) => i >= offset && i < offset + size),
      'entry',
    );
    return (known(own[entry.name], entry.name).data[i - entry.offset] ?? Number.NaN) + 0.1 * z;
  });
}

const cases: GradientCase[] = toyConcepts.map((concept, n) => ({
  batch: pictures.batch(samplesOf(concept, [n, n + 1])),
  adapter: moved(n),
}));

describe('principal turns', async () => {
  const turns = await principalTurns(config, adapterGradients(engine, spec, base, cases));

  it('are orthogonal, one a layer', () => {
    expect([...turns].map(([layer, { rows }]) => [layer, rows])).toEqual(Object.entries(config.ranks));
    for (const turn of turns.values()) {
      const off = Matrix.sub(turn.transpose().mmul(turn), Matrix.eye(turn.rows)).abs().max();
      expect(off).toBeLessThan(1e-6);
    }
  });

  it('leave every picture as it is', async () => {
    const runner = await TranslatorRunner.create(engine, { ...spec, part: 'adapter' });
    const { source, text } = pictures.batch(samplesOf(first, [0, 1]));
    const adapter = moved(9);
    const before = await runner.draw({ ...base, ...unpack(layout, adapter) }, source, text);
    const turned = unpack(layout, turnedAdapter(config, adapter, turns));
    const after = await runner.draw({ ...turnedDowns(base, turns), ...turned }, source, text);
    const differences = after.data.map((value, i) => Math.abs(value - (before.data[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    // And it is the update that is drawn, not the base alone.
    const wrong = await runner.draw(
      { ...turnedDowns(base, turns), ...unpack(layout, adapter) },
      source,
      text,
    );
    const off = wrong.data.map((value, i) => Math.abs(value - (before.data[i] ?? Number.NaN)));
    expect(Math.max(...off)).toBeGreaterThan(1e-3);
  });

  it('make the gradients of up projections uncorrelated, the largest first', async () => {
    const turned = cases.map(({ batch, adapter }) => ({
      batch,
      adapter: turnedAdapter(config, adapter, turns),
    }));
    const correlation = async (weights: typeof base, of: GradientCase[]) => {
      const { up } = loraNames('stem');
      const { shape, offset, size } = known(
        layout.entries.find(({ name }) => name === up),
        up,
      );
      const moment = Matrix.zeros(config.ranks.stem, config.ranks.stem);
      for await (const gradient of adapterGradients(engine, spec, weights, of)) {
        const norm = Math.hypot(...gradient);
        const own = Matrix.from1DArray(
          shape[0] ?? 0,
          shape[1] ?? 0,
          gradient.subarray(offset, offset + size),
        );
        moment.add(own.div(norm).transpose().mmul(own));
      }
      const diagonal = moment.diagonal();
      const largest = Math.max(...diagonal);
      const off = Matrix.sub(moment, Matrix.diag(diagonal)).abs().max() / largest;
      return { off, diagonal };
    };
    expect((await correlation(base, cases)).off).toBeGreaterThan(0.05);
    const after = await correlation(turnedDowns(base, turns), turned);
    expect(after.off).toBeLessThan(1e-4);
    expect(after.diagonal).toEqual([...after.diagonal].sort((a, b) => b - a));
  });

  it('are kept by the base’s file', async () => {
    const weights = turnedDowns(base, turns);
    const { weights: read } = await decodeBase(
      encodeBase({ config, weights, judge: toyFrozenBase.judge }, {}),
      'base',
    );
    const { down } = loraNames('head');
    expect(known(read[down], down).data[3]).toBeCloseTo(known(weights[down], down).data[3] ?? Number.NaN, 3);
  });
});
