import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { known } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { f32, type Tensor } from '../lib/tensor.ts';
import { meanAdapter } from './baselines.ts';
import { type Concept, phraseOf } from './concepts/concept.ts';
import { ConceptPictures, range, samplesOf } from './data/batches.ts';
import { meanDistance } from './denoiser/drawnDistance.ts';
import { between, Shrinkage, shares } from './shrinkage.ts';
import {
  toyConcepts,
  toyDataSet,
  toyEncoder,
  toyFrozen,
  toyFrozenBase,
  toyPictures,
  toyRunner,
} from './testing.ts';

const engine = referenceEngine();
const concept = known(toyConcepts[1], 'concept');
const mean = meanAdapter(toyDataSet(toyFrozen));

/** The mean adapter moved by noise. */
function moved(size: number, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(mean).map(([name, { shape, data }]) => {
      const noise = randomStream(seed, name).normal(new Float32Array(data.length));
      return [
        name,
        f32(
          shape,
          Float32Array.from(data, (value, i) => value + size * (noise[i] ?? 0)),
        ),
      ];
    }),
  );
}

describe('the way from the mean adapter to a written one', () => {
  it('is straight, and ends in the adapters themselves', () => {
    const written = { a: f32([2], [5, -1]) };
    const from = { a: f32([2], [1, 3]) };
    expect(between(from, written, 1)).toBe(written);
    expect(between(from, written, 0)).toBe(from);
    expect([...known(between(from, written, 0.25).a, 'a').data]).toEqual([2, 2]);
  });

  it('is gone as far as the pictures that are trained on come nearest to their targets', async () => {
    const pictures = toyPictures();
    const { shown, runner } = await toyRunner(engine);
    const shrinkage = await Shrinkage.create(engine, toyFrozenBase, pictures);
    const { source, target, text } = pictures.batch(samplesOf(concept, shown));
    const chosen = new Set<number>();
    for (const seed of range(0, 6)) {
      const written = moved(0.3, seed);
      const distances: number[] = [];
      for (const share of shares) {
        const weights = { ...toyFrozenBase.weights, ...between(mean, written, share) };
        distances.push(meanDistance(await runner.draw(weights, source, text), target));
      }
      const { share, adapter } = await shrinkage.choose(written, mean, concept, phraseOf(concept));
      expect(share).toBe(shares[distances.indexOf(Math.min(...distances))]);
      expect(adapter).toEqual(between(mean, written, share));
      chosen.add(share);
    }
    // The noise is such that not all go all the way, nor nowhere.
    expect(chosen.size).toBeGreaterThan(1);
    await shrinkage.dispose();
    await runner.dispose();
  });

  it('is measured on no picture that is held out, nor on more than may be looked at', async () => {
    const seen = new Set<number>();
    class Watched extends ConceptPictures {
      override target(wanted: Concept, index: number) {
        seen.add(index);
        return super.target(wanted, index);
      }
    }
    const pictures = new Watched(toyPictures().emoji, toyEncoder);
    const all = await Shrinkage.create(engine, toyFrozenBase, pictures);
    await all.choose(moved(0.1, 0), mean, concept, phraseOf(concept));
    expect([...seen]).toEqual(range(0, pictures.emoji.trained));
    seen.clear();
    pictures.forget();
    const two = await Shrinkage.create(engine, toyFrozenBase, pictures, 2);
    await two.choose(moved(0.1, 0), mean, concept, phraseOf(concept));
    expect([...seen]).toEqual([0, 1]);
  });
});
