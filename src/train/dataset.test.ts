import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../lib/hash.ts';
import { loadDataset, type ReadFile, toModelInput } from './dataset.ts';

const bundle: ReadFile = (name) =>
  readFile(new URL(`../../public/data/fashion-mnist/${name}`, import.meta.url));

function classCounts(labels: Uint8Array): number[] {
  return Array.from({ length: 10 }, (_, label) => labels.filter((value) => value === label).length);
}

/** The bundle with one file changed, and its size and hash in the index where `truthful` says so. */
function altered(change: (bytes: Uint8Array) => Uint8Array, index: 'truthful' | 'unchanged'): ReadFile {
  return async (name) => {
    if (name !== 'index.json') return change(await bundle(name));
    const parsed = JSON.parse(new TextDecoder().decode(await bundle(name)));
    if (index === 'truthful') {
      const bytes = change(await bundle('test.z'));
      Object.assign(parsed.sets.test, { bytes: bytes.length, sha256: sha256Hex(bytes) });
    }
    return new TextEncoder().encode(JSON.stringify(parsed));
  };
}

describe('the bundled images', () => {
  it('hold 800 training images of each class, the first 6,000 stratified too', async () => {
    const train = await loadDataset(bundle, 'train');
    expect(train.count).toBe(8000);
    expect(train.images.length).toBe(8000 * 28 * 28);
    expect(classCounts(train.labels)).toEqual(new Array(10).fill(800));
    expect(train.prefixes).toEqual({ stage1: 8000, stage2: 6000 });
    expect(classCounts(train.labels.subarray(0, 6000))).toEqual(new Array(10).fill(600));
    // The whole training set has mean 0.2860 and standard deviation 0.3530 of 255; 8,000 images come close.
    const scaled = Float64Array.from(train.images, (x) => x / 255);
    const mean = scaled.reduce((sum, x) => sum + x, 0) / scaled.length;
    const deviation = Math.sqrt(scaled.reduce((sum, x) => sum + (x - mean) ** 2, 0) / scaled.length);
    expect(mean).toBeCloseTo(0.286, 2);
    expect(deviation).toBeCloseTo(0.353, 2);
  });

  it('hold 200 test images of each class, none of them a training image', async () => {
    const [train, test] = await Promise.all([loadDataset(bundle, 'train'), loadDataset(bundle, 'test')]);
    expect(classCounts(test.labels)).toEqual(new Array(10).fill(200));
    expect(test.classNames[9]).toBe('Ankle boot');
    const names = (images: Uint8Array) =>
      Array.from({ length: images.length / 784 }, (_, i) =>
        Buffer.from(images.subarray(i * 784, (i + 1) * 784)).toString('latin1'),
      );
    const seen = new Set(names(train.images));
    expect(names(test.images).filter((image) => seen.has(image)).length).toBe(0);
  });

  it('are refused when a file is truncated, damaged or no zlib data', async () => {
    const truncated = altered((bytes) => bytes.subarray(0, 1000), 'unchanged');
    await expect(loadDataset(truncated, 'test')).rejects.toThrow(
      /^The data file test\.z has 1000 bytes where its index says \d+: reload to fetch it again\.$/,
    );
    const flip = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 5000 ? byte ^ 1 : byte));
    await expect(loadDataset(altered(flip, 'unchanged'), 'test')).rejects.toThrow(
      'The data file test.z does not have the SHA-256 that its index says',
    );
    const shortened = altered((bytes) => bytes.subarray(0, 1000), 'truthful');
    await expect(loadDataset(shortened, 'test')).rejects.toThrow('The data file test.z cannot be unpacked');
    const empty = altered(() => Uint8Array.of(0x78, 0x9c, 3, 0, 0, 0, 0, 1), 'truthful');
    await expect(loadDataset(empty, 'test')).rejects.toThrow(
      'The data file test.z unpacks to 0 bytes where 2000 images and labels need 1570000.',
    );
  });

  it('are refused when the index is none', async () => {
    const index =
      (text: string): ReadFile =>
      async () =>
        new TextEncoder().encode(text);
    await expect(loadDataset(index('<html>'), 'test')).rejects.toThrow('The data set index is no JSON');
    await expect(loadDataset(index('{"format":"other"}'), 'test')).rejects.toThrow(
      'The data set index is not of the format scion-images, version 1.',
    );
    await expect(loadDataset(index('{"format":"scion-images","version":1}'), 'test')).rejects.toThrow(
      'The data set index lacks a size, class names, or the sets «train» and «test».',
    );
  });
});

describe('toModelInput', () => {
  it('pads by 2 with −1 and maps 0 .. 255 to −1 .. 1', () => {
    const images = new Uint8Array(3 * 784);
    images[2 * 784] = 255;
    images[2 * 784 + 27 * 28 + 26] = 51;
    images[784 + 1] = 1;
    const out = toModelInput(images, [2, 0, 2], new Float32Array(3 * 1024));
    const wanted = new Float32Array(1024).fill(-1);
    wanted[2 * 32 + 2] = 1;
    wanted[29 * 32 + 28] = 51 / 127.5 - 1;
    expect(out.subarray(0, 1024)).toEqual(wanted);
    expect(out.subarray(1024, 2048)).toEqual(new Float32Array(1024).fill(-1));
    expect(out.subarray(2048)).toEqual(wanted);
  });

  it('refuses images that the set does not have and outputs of another size', () => {
    expect(() => toModelInput(new Uint8Array(784), [1], new Float32Array(1024))).toThrow(
      'image 1 is not among the 1 images of the set',
    );
    expect(() => toModelInput(new Uint8Array(784), [0], new Float32Array(784))).toThrow(
      '1 model inputs need 1024 numbers, got 784',
    );
  });
});
