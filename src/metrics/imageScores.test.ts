// The bundled classifier and statistics, on the bundled held-out images.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { nodeRuntime } from '../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../engine/onnx/onnxEngine.ts';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { known } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import { randomStream } from '../lib/random.ts';
import { loadDataset, toModelInput } from '../train/dataset.ts';
import { featureStatistics } from './featureStatistics.ts';
import { asDisplayed, ImageFeatures } from './imageFeatures.ts';
import { ImageScorer } from './imageScores.ts';
import {
  encodeStatistics,
  parseStatistics,
  readClassifier,
  type ScorerFiles,
  scorerFileNames,
} from './scorerFiles.ts';

const inPublic = (path: string) => readFile(new URL(`../../public/${path}`, import.meta.url));
const pixels = 32 * 32;

let engine: Engine;
let files: ScorerFiles;
let scorer: ImageScorer;
/** The 2,000 held-out images [2000, 1, 32, 32] and their classes. */
let images: Float32Array;
let labels: Uint8Array;

beforeAll(async () => {
  engine = onnxEngine(await nodeRuntime('cpu', 1));
  files = {
    classifier: await inPublic(`models/${scorerFileNames.classifier}`),
    statistics: await inPublic(`models/${scorerFileNames.statistics}`),
  };
  scorer = await ImageScorer.create(engine, files);
  const test = await loadDataset((name) => inPublic(`data/fashion-mnist/${name}`), 'test');
  labels = test.labels;
  images = toModelInput(
    test.images,
    Array.from(labels, (_, i) => i),
    new Float32Array(labels.length * pixels),
  );
});
afterAll(async () => {
  await scorer.dispose();
  await engine.dispose();
});

async function scores(of: Float32Array, classes?: ArrayLike<number>) {
  scorer.clear();
  await scorer.add(of, classes);
  return scorer.result();
}

describe('the score of real images', () => {
  it('is the distance that the statistics file states, and most are classified as labelled', async () => {
    const { fd, accuracy, count } = await scores(images, labels);
    expect(count).toBe(2000);
    const stated = known(
      scorer.reference.references.find((reference) => reference.count === count),
      'reference of 2,000 images',
    );
    expect(Math.abs(fd - stated.distance)).toBeLessThan(1e-3 * stated.distance);
    expect(accuracy).toBeGreaterThanOrEqual(0.9);
  });

  it('does not depend on how the images come', async () => {
    const whole = await scores(images, labels);
    const small = await ImageScorer.create(engine, files, 64);
    let first = 0;
    for (const count of [1, 0, 64, 70, 865, 1000]) {
      await small.add(
        images.subarray(first * pixels, (first + count) * pixels),
        labels.subarray(first, first + count),
      );
      first += count;
    }
    const { fd, accuracy, count } = small.result();
    expect(count).toBe(2000);
    expect(accuracy).toBe(whole.accuracy);
    expect(Math.abs(fd - whole.fd)).toBeLessThan(1e-5 * whole.fd);
    await small.dispose();
  });

  it('is zero against their own statistics', async () => {
    const network = await ImageFeatures.create(engine, await readClassifier(files.classifier), 100);
    const { features, count } = await network.of(images);
    await network.dispose();
    const own = encodeStatistics({
      ...featureStatistics(features, count, 64),
      images: 'the held-out images',
      classifier: sha256Hex(files.classifier),
      references: [],
    });
    const same = await ImageScorer.create(engine, {
      ...files,
      statistics: new TextEncoder().encode(own),
    });
    await same.add(images);
    expect(Math.abs(same.result().fd)).toBeLessThan(1e-6);
    await same.dispose();
  });

  it('is the same on the reference engine', async () => {
    const few = images.subarray(0, 20 * pixels);
    const onnx = await scores(few, labels.subarray(0, 20));
    const slow = await ImageScorer.create(referenceEngine('f64'), files, 12);
    await slow.add(few, labels.subarray(0, 20));
    const reference = slow.result();
    expect(reference.accuracy).toBe(onnx.accuracy);
    expect(Math.abs(reference.fd - onnx.fd)).toBeLessThan(1e-4 * onnx.fd);
    await slow.dispose();
  });
});

describe('the score of other images', () => {
  const noise = (level: number) => {
    const z = randomStream(0, 'scored noise').normal(new Float32Array(images.length));
    return images.map((x, i) => x + level * (z[i] ?? 0));
  };

  it('grows with the noise on real images, up to pure noise', async () => {
    const distances: number[] = [];
    for (const level of [0, 0.1, 0.3, 1]) distances.push((await scores(noise(level))).fd);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    const [real = 0, , , worst = 0] = distances;
    expect(worst).toBeGreaterThan(50 * real);
    const pure = randomStream(1, 'scored noise').normal(new Float32Array(images.length));
    const { fd, accuracy } = await scores(pure, labels);
    expect(fd).toBeGreaterThan(50 * real);
    expect(accuracy).toBeLessThan(0.2);
  });

  it('sees a missing class, a mirrored shoe and a blur', async () => {
    const { fd: real } = await scores(images);
    const withoutBags: number[] = [];
    for (let n = 0; n < 2000; n++) {
      if (labels[n] !== 8) withoutBags.push(...images.subarray(n * pixels, (n + 1) * pixels));
    }
    expect((await scores(Float32Array.from(withoutBags))).fd).toBeGreaterThan(2 * real);
    const at = (i: number) => images[i] ?? -1;
    const mirrored = images.map((_, i) => at(i - (i % 32) + 31 - (i % 32)));
    expect((await scores(mirrored)).fd).toBeGreaterThan(2 * real);
    const blurred = images.map((x, i) => (at(i - 1) + x + at(i + 1)) / 3);
    expect((await scores(blurred)).fd).toBeGreaterThan(2 * real);
  });

  it('counts only labelled images in the accuracy', async () => {
    const [unlabelled, labelled] = [
      images.subarray(0, 30 * pixels),
      images.subarray(30 * pixels, 70 * pixels),
    ];
    // Every other label is wrong for sure, so the share is neither 0 nor 1.
    const classes = labels.slice(30, 70).map((label, n) => (n % 2 === 0 ? label : 9 - label));
    const { accuracy } = await scores(labelled, classes);
    expect(accuracy).toBeGreaterThan(0.3);
    expect(accuracy).toBeLessThan(0.7);
    expect((await scores(unlabelled)).accuracy).toBeUndefined();
    await scorer.add(labelled, classes);
    expect(scorer.result()).toMatchObject({ accuracy, count: 70 });
  });

  it('refuses what is no image in a sentence', async () => {
    scorer.clear();
    await expect(scorer.add(new Float32Array(1500))).rejects.toThrow(
      'The classifier takes images of 32×32 pixels, and 1500 numbers are no whole number of them.',
    );
    await expect(scorer.add(images.subarray(0, 2 * pixels), [1])).rejects.toThrow(
      '2 images to be scored need as many labels, got 1.',
    );
    await scorer.add(new Float32Array(2 * pixels).fill(Number.NaN));
    expect(() => scorer.result()).toThrow(/NaN or infinite entries: its images diverged\.$/);
    scorer.clear();
    expect(() => scorer.result()).toThrow('A covariance needs at least 2 samples, got 0: draw more samples.');
  });
});

describe('asDisplayed', () => {
  it('leaves 8-bit images as they are and rounds others to the nearest level', () => {
    expect(asDisplayed(images.subarray(0, 50 * pixels))).toEqual(images.subarray(0, 50 * pixels));
    const [a = 0, b = 0] = images.filter((x) => x > -0.5 && x < 0.5);
    const [low, high, near, other, lost] = asDisplayed(
      Float32Array.of(-1.7, 42, a + 0.4 / 127.5, b - 0.4 / 127.5, Number.NaN),
    );
    expect([low, high, near, other, lost]).toEqual([-1, 1, a, b, Number.NaN]);
  });
});

describe('the files', () => {
  it('survive being written and read with every digit', () => {
    const read = parseStatistics(files.statistics, files.classifier);
    const again = encodeStatistics({ ...read });
    expect(again).toBe(new TextDecoder().decode(files.statistics));
    expect(read.count).toBe(60_000);
    for (let i = 0; i < 64; i++) {
      for (let j = 0; j < 64; j++) expect(read.covariance[i * 64 + j]).toBe(read.covariance[j * 64 + i]);
    }
  });

  it('hold features that all vary over the training images', () => {
    const { covariance, dim } = scorer.reference;
    for (let i = 0; i < dim; i++) expect(covariance[i * dim + i]).toBeGreaterThan(1e-3);
  });

  it('are refused in a sentence when cut short, foreign, or of two releases', async () => {
    const create = (changed: Partial<ScorerFiles>) => ImageScorer.create(engine, { ...files, ...changed });
    const { classifier, statistics } = files;
    await expect(create({ classifier: classifier.subarray(0, 100_000) })).rejects.toThrow(
      /^fashion-mnist-classifier\.safetensors .*\.$/,
    );
    await expect(create({ statistics: statistics.subarray(0, 20_000) })).rejects.toThrow(
      'fashion-mnist-statistics.json is no JSON, so it is damaged or incomplete: reload to fetch it again.',
    );
    const text = new TextDecoder().decode(statistics);
    const changed = (from: string, to: string) =>
      create({ statistics: new TextEncoder().encode(text.replace(from, to)) });
    await expect(changed('"version": 1', '"version": 2')).rejects.toThrow(
      'fashion-mnist-statistics.json is not of the format scion-feature-statistics, version 1, with 64 features: reload to fetch it again.',
    );
    await expect(changed('"mean": [', '"mean": [null,')).rejects.toThrow(/is not of the format/);
    await expect(changed(sha256Hex(classifier), sha256Hex('another'))).rejects.toThrow(
      'fashion-mnist-statistics.json was made with another classifier than fashion-mnist-classifier.safetensors: fetch both files from one release.',
    );
  });
});
