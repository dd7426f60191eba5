// Adapters as data: fine-tuning keeps late checkpoints, records and the data set read back, normalisation is undone.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import { representativeConcepts } from '../concepts/representative.ts';
import { conceptSplit } from '../concepts/split.ts';
import { toyBase, toyConcepts, toyDataSet, toyEncoder, toyPictures, toyTranslator } from '../testing.ts';
import { adapterLayout } from '../translator/adapter.ts';
import { TranslatorTrainer } from '../translator/trainer.ts';
import { decodeConceptRecord, encodeConceptRecord } from './conceptRecord.ts';
import { checkpointSteps, fineTune } from './fineTune.ts';
import { denormalised, normalisationOf, normalised } from './normalisation.ts';
import { ourCombinations, trainingConcepts } from './trainingConcepts.ts';
import { decodeWeightDataSet, encodeWeightDataSet, latestOf, useOf, weightDataSet } from './weightDataSet.ts';

const layout = adapterLayout(toyTranslator);
const recipe = { steps: 4, batch: 2, rate: 1e-2, checkpoints: 2, every: 2, seed: 0 };

describe('fine-tuning a concept', () => {
  it('keeps late checkpoints and gives the same ones again', async () => {
    const trainer = await TranslatorTrainer.create(
      referenceEngine(),
      { config: toyTranslator, part: 'adapter', batch: 2, tokens: toyEncoder.tokens },
      toyBase.weights,
    );
    const made = toyConcepts[0] ?? { id: '', steps: [] };
    const first = await fineTune(trainer, toyBase, made, toyPictures(), recipe);
    const other = await fineTune(trainer, toyBase, toyConcepts[1] ?? made, toyPictures(), recipe);
    const again = await fineTune(trainer, toyBase, made, toyPictures(), recipe);
    expect(first.vectors).toHaveLength(2);
    expect(first.vectors[0]).not.toEqual(first.vectors[1]);
    expect(again).toEqual(first);
    expect(other.vectors[1]).not.toEqual(first.vectors[1]);
  });

  it('refuses checkpoints that do not fit', () => {
    expect(checkpointSteps(recipe)).toEqual([2, 4]);
    expect(() => checkpointSteps({ ...recipe, checkpoints: 4 })).toThrow(
      '4 checkpoints every 2 steps do not fit into 4 steps; take fewer checkpoints or more steps.',
    );
  });

  it('is read from its record, unless another recipe made it', async () => {
    const made = { vectors: [Float32Array.of(1, 2), Float32Array.of(3, 4)], distances: [0.5, 0.25] };
    const bytes = encodeConceptRecord('sepia-5', 'r', made);
    expect(await decodeConceptRecord(bytes, 'sepia-5', 'r')).toEqual(made);
    expect(await decodeConceptRecord(bytes, 'sepia-5', 's')).toBeUndefined();
    await expect(decodeConceptRecord(bytes.subarray(0, bytes.length - 4), 'sepia-5', 'r')).rejects.toThrow();
  });
});

describe('the data set', () => {
  it('has normalised tensors of mean 0 and deviation 1, and gives the vectors back', () => {
    const vectors = [0, 1, 2].map((n) =>
      Float32Array.from({ length: layout.size }, (_, i) => Math.sin(i * n) + i),
    );
    const normalisation = normalisationOf(layout, vectors);
    const brought = vectors.map((vector) => normalised(layout, normalisation, vector));
    const [entry] = layout.entries;
    const values = brought.flatMap((vector) => [...vector.subarray(0, entry?.size)]);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0, 4);
    expect(values.reduce((sum, value) => sum + value ** 2, 0) / values.length).toBeCloseTo(1, 3);
    denormalised(layout, normalisation, brought[1] ?? []).forEach((value, i) => {
      expect(value).toBeCloseTo(vectors[1]?.[i] ?? Number.NaN, 3);
    });
  });

  it('is normalised by its training concepts alone', () => {
    const data = toyDataSet();
    const training = data.entries.filter(({ use }) => use === 'train').flatMap(({ vectors }) => vectors);
    const sums = new Float64Array(layout.size);
    for (const vector of training)
      vector.forEach((value, i) => {
        sums[i] = (sums[i] ?? 0) + value;
      });
    expect(Math.max(...sums.map(Math.abs))).toBeLessThan(1e-3);
  });

  it('reads back in half precision', async () => {
    const data = toyDataSet();
    const read = await decodeWeightDataSet(encodeWeightDataSet(data), 'data');
    expect(read.entries.map(({ concept, use }) => [concept, use])).toEqual(
      data.entries.map(({ concept, use }) => [concept, use]),
    );
    read.entries[1]?.vectors[1]?.forEach((value, i) => {
      const wanted = data.entries[1]?.vectors[1]?.[i] ?? Number.NaN;
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(2 ** -11 * Math.abs(wanted) + 1e-7);
    });
    expect(latestOf(data).entries.map(({ use, vectors }) => [use, vectors.length])).toEqual([
      ['train', 1],
      ['train', 1],
    ]);
  });

  it('that was cut short is refused in a sentence', async () => {
    const bytes = encodeWeightDataSet(toyDataSet());
    await expect(decodeWeightDataSet(bytes.subarray(0, bytes.length - 100), 'd.safetensors')).rejects.toThrow(
      /d\.safetensors/,
    );
    const data = toyDataSet();
    const [first] = data.entries;
    const short = { ...data, entries: first ? [{ ...first, vectors: [] }, ...data.entries.slice(1)] : [] };
    const honest = new TextDecoder('latin1').decode(encodeWeightDataSet(short));
    const lying = honest.replace('\\"checkpoints\\":0', '\\"checkpoints\\":1');
    await expect(
      decodeWeightDataSet(
        Uint8Array.from(lying, (c) => c.charCodeAt(0)),
        'd.safetensors',
      ),
    ).rejects.toThrow(
      `d.safetensors holds 4 adapters of ${layout.size} numbers, expected 5 of ${layout.size}; the data set is incomplete, run generator:data again.`,
    );
  });

  it('sets one training concept in sixteen aside', () => {
    expect([14, 15, 16, 31].map((n) => useOf('train', n))).toEqual([
      'train',
      'validation',
      'train',
      'validation',
    ]);
    expect(useOf('family', 15)).toBe('family');
  });
});

it('the base is trained on no held-out concept', () => {
  const trained = new Set(
    conceptSplit().flatMap(({ part, concept }) => (part === 'train' ? [concept.id] : [])),
  );
  expect(representativeConcepts.filter(({ id }) => !trained.has(id))).toEqual([]);
});

it('base and generator are trained on the same concepts, none of which validates or is held out', () => {
  const split = conceptSplit(ourCombinations);
  const toy = split.map(({ concept, part }) => ({ concept, part, vectors: [new Float32Array(layout.size)] }));
  const { entries } = weightDataSet(toyTranslator, 'base', toy);
  const used = entries.filter(({ use }) => use === 'train').map(({ concept }) => concept.id);
  expect(trainingConcepts().map(({ id }) => id)).toEqual(used);
  expect(used).toHaveLength(255);
});
