import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { known } from '../lib/errors.ts';
import { loadDataset } from '../train/dataset.ts';
import { debianFolder, fashionMnistBundle } from './fashionMnist.ts';

const size = 28 * 28;

/** An idx file: rank 3 (images) or 1 (labels). */
function idx(shape: number[], data: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((extent, axis) => {
    header.writeUInt32BE(extent, 4 + 4 * axis);
  });
  return gzipSync(Buffer.concat([header, data]), { level: 1 });
}

/** Images that carry their own number (first three pixels) and class (fourth). */
async function writeOriginal(folder: string, name: string, count: number): Promise<void> {
  const images = new Uint8Array(count * size);
  const labels = Uint8Array.from({ length: count }, (_, i) => (i * 7 + 3) % 10);
  for (let i = 0; i < count; i++) images.set([i >> 16, (i >> 8) & 255, i & 255, labels[i] ?? 255], i * size);
  await writeFile(join(folder, `${name}-images-idx3-ubyte.gz`), idx([count, 28, 28], images));
  await writeFile(join(folder, `${name}-labels-idx1-ubyte.gz`), idx([count], labels));
}

const reader = (files: Map<string, Uint8Array>) => async (name: string) => known(files.get(name), name);
const numberOf = (images: Uint8Array, i: number) =>
  ((images[i * size] ?? 0) << 16) | ((images[i * size + 1] ?? 0) << 8) | (images[i * size + 2] ?? 0);

describe('fashionMnistBundle', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scion-idx-'));
    await writeOriginal(folder, 'train', 9000);
    await writeOriginal(folder, 't10k', 2500);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('selects distinct images with their labels, classes taking turns', async () => {
    const train = await loadDataset(reader(await fashionMnistBundle(folder, 0)), 'train');
    const numbers = Array.from({ length: train.count }, (_, i) => numberOf(train.images, i));
    expect(new Set(numbers).size).toBe(8000);
    train.labels.forEach((label, i) => {
      expect(label).toBe(i % 10);
      expect(train.images[i * size + 3]).toBe(label);
      expect(((numbers[i] ?? 0) * 7 + 3) % 10).toBe(label);
    });
    expect(numbers.slice(0, 100)).not.toEqual([...numbers.slice(0, 100)].sort((a, b) => a - b));
  });

  it('makes the same bundle of the same seed and another of another', async () => {
    const [a, b, c] = await Promise.all([0, 0, 1].map((seed) => fashionMnistBundle(folder, seed)));
    expect(a).toEqual(b);
    expect(a?.get('train.z')).not.toEqual(c?.get('train.z'));
  });

  it('names the package when the files are missing', async () => {
    await expect(fashionMnistBundle(join(folder, 'nowhere'), 0)).rejects.toThrow(
      /train-images-idx3-ubyte\.gz is missing: install Debian's package dataset-fashion-mnist or name its folder\.$/,
    );
  });

  it.skipIf(!existsSync(debianFolder))('makes the committed bundle from the original files', async () => {
    const made = reader(await fashionMnistBundle(debianFolder, 0));
    const committed = (name: string) =>
      readFile(new URL(`../../public/data/fashion-mnist/${name}`, import.meta.url));
    for (const set of ['train', 'test'] as const) {
      const [a, b] = await Promise.all([loadDataset(made, set), loadDataset(committed, set)]);
      expect(Buffer.compare(a.images, b.images)).toBe(0);
      expect(Buffer.compare(a.labels, b.labels)).toBe(0);
    }
  });
});
