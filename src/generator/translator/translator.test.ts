// The translator's graph: an adapter is an update of its kernels, and skips carry what the middle would lose.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { samplesOf } from '../data/batches.ts';
import { toyBase, toyConcepts, toyEncoder, toyPictures, toyTranslator } from '../testing.ts';
import type { TranslatorConfig } from './configuration.ts';
import { freshAdapter } from './freshWeights.ts';
import { TranslatorRunner } from './runner.ts';
import { baseConvName, loraLayers, loraNames } from './shape.ts';
import type { TrainedPart } from './trainer.ts';

type Weights = Readonly<Record<string, Tensor>>;

const [first = { id: '', steps: [] }] = toyConcepts;
const { source, text } = toyPictures().batch(samplesOf(first, [0, 1]));

async function drawn(config: TranslatorConfig, part: TrainedPart, weights: Weights): Promise<number[]> {
  const spec = { config, part, batch: 2, statisticsBatch: 2, tokens: toyEncoder.tokens };
  const runner = await TranslatorRunner.create(referenceEngine(), spec);
  return [...(await runner.draw(weights, source, text)).data];
}

/** base + scale · up · down, written out number by number. */
function merged(base: Tensor, down: Tensor, up: Tensor, scale: number): Tensor {
  const [outs = 0] = base.shape;
  const rank = down.shape[0] ?? 0;
  const inputs = base.data.length / outs;
  const sum = Float32Array.from(base.data, (value, i) => {
    const [o, j] = [Math.floor(i / inputs), i % inputs];
    let update = 0;
    for (let r = 0; r < rank; r++) update += (up.data[o * rank + r] ?? 0) * (down.data[r * inputs + j] ?? 0);
    return value + scale * update;
  });
  return f32(base.shape, sum);
}

describe('the translator', () => {
  it('draws with an adapter as with kernels that hold it', async () => {
    const config = { ...toyTranslator, loraScale: 0.5 };
    const fresh = freshAdapter(config, toyBase.weights, 3);
    const adapter: Weights = Object.fromEntries(
      Object.entries(fresh).map(([name, { shape, data }]) => [
        name,
        f32(shape, randomStream(9, name).normal(new Float32Array(data.length))),
      ]),
    );
    const held: Record<string, Tensor> = { ...toyBase.weights, ...adapter };
    for (const layer of loraLayers) {
      const { down, up } = loraNames(layer);
      const [a, b, base] = [adapter[down], adapter[up], toyBase.weights[baseConvName(layer)]];
      if (!a || !b || !base) throw new Error(`${layer} lacks a tensor`);
      held[baseConvName(layer)] = merged(base, a, b, 0.5);
    }
    const own = await drawn(config, 'adapter', { ...toyBase.weights, ...adapter });
    const wanted = await drawn(config, 'everything', held);
    const without = await drawn(config, 'everything', { ...toyBase.weights, ...adapter });
    own.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 4);
    });
    expect(own.some((value, i) => Math.abs(value - (without[i] ?? 0)) > 1e-2)).toBe(true);
  });

  it('joins its halves by skips without weights of their own', async () => {
    const { skips: _, ...bare } = toyTranslator.shape;
    const joined = await drawn(toyTranslator, 'everything', toyBase.weights);
    const plain = await drawn({ ...toyTranslator, shape: bare }, 'everything', toyBase.weights);
    expect(joined).not.toEqual(plain);
  });
});
