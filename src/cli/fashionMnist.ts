// Makes the bundled images from Fashion-MNIST: seeded, stratified selections, packed for the browser.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, deflateSync, gunzipSync } from 'node:zlib';
import { assert, FileError } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import { parseIdx } from '../lib/idx.ts';
import { paethResiduals } from '../lib/paeth.ts';
import { randomStream } from '../lib/random.ts';
import type { DatasetFile, DatasetIndex, SetName } from '../train/datasetIndex.ts';

/** Where Debian's package dataset-fashion-mnist puts the four files. */
export const debianFolder = '/usr/share/datasets/fashion-mnist';

const rows = 28;
const columns = 28;
const classNames = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/**
 * Stage 1 distils on 8,000 training images. Stage 2 fine-tunes on 10 % of the training data, as the grafting paper does
 * (arXiv 2506.05340 §4): the first 6,000 of them.
 */
const selections: Record<SetName, { original: string; perClass: number; prefixes: Record<string, number> }> =
  {
    train: { original: 'train', perClass: 800, prefixes: { stage1: 8000, stage2: 6000 } },
    test: { original: 't10k', perClass: 200, prefixes: { heldOut: 2000 } },
  };

interface LabelledImages {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** The files of the bundle by name, ready to be written. */
export async function fashionMnistBundle(folder: string, seed: number): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const originals: Record<string, string> = {};
  const pack = async (set: SetName): Promise<DatasetFile> => {
    const { original, perClass, prefixes } = selections[set];
    const all = await readOriginal(folder, original, originals);
    const chosen = stratified(all.labels, perClass, (label) =>
      randomStream(seed, 'fashion-mnist', set, label),
    );
    const stored = packed(chosen, all);
    const file = `${set}.z`;
    files.set(file, stored);
    return {
      file,
      count: chosen.length,
      labelsOffset: 0,
      imagesOffset: chosen.length,
      bytes: stored.length,
      sha256: sha256Hex(stored),
      prefixes,
    };
  };
  const index: DatasetIndex = {
    format: 'scion-images',
    version: 1,
    name: 'Fashion-MNIST, selection',
    rows,
    columns,
    classNames,
    seed,
    sets: { train: await pack('train'), test: await pack('test') },
    source: {
      text: 'Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747), https://github.com/zalandoresearch/fashion-mnist, from the Debian package dataset-fashion-mnist',
      sha256: originals,
    },
    licence: { spdx: 'MIT', holder: 'Copyright 2017 Zalando SE', file: 'LICENSE' },
  };
  files.set('index.json', new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`));
  return files;
}

/** Reads the images and labels of one original set and notes their hashes. */
export async function readOriginal(
  folder: string,
  original: string,
  hashes: Record<string, string> = {},
): Promise<LabelledImages> {
  const readIdx = async (name: string, rank: number) => {
    const path = join(folder, `${name}.gz`);
    if (!existsSync(path)) {
      throw new FileError(
        `${path} is missing: install Debian's package dataset-fashion-mnist or name its folder.`,
      );
    }
    const bytes = gunzipSync(await readFile(path));
    hashes[name] = sha256Hex(bytes);
    const array = parseIdx(bytes, path);
    if (
      array.shape.length !== rank ||
      (rank === 3 && (array.shape[1] !== rows || array.shape[2] !== columns))
    ) {
      throw new FileError(
        `${path} has shape ${array.shape.join('×')}, wanted Fashion-MNIST's: name its folder.`,
      );
    }
    return array;
  };
  const images = await readIdx(`${original}-images-idx3-ubyte`, 3);
  const labels = await readIdx(`${original}-labels-idx1-ubyte`, 1);
  if (images.shape[0] !== labels.shape[0]) {
    throw new FileError(`${folder} has ${images.shape[0]} ${original} images but ${labels.shape[0]} labels.`);
  }
  return { images: images.data, labels: labels.data };
}

/** Positions of `perClass` random images of each class; classes take turns, so each multiple of ten is stratified. */
function stratified(
  labels: Uint8Array,
  perClass: number,
  stream: (label: number) => ReturnType<typeof randomStream>,
): number[] {
  const byClass = classNames.map((name, label) => {
    const members = Array.from(labels.keys()).filter((i) => labels[i] === label);
    assert(
      members.length >= perClass,
      () => `class ${name} has ${members.length} images, wanted ${perClass}`,
    );
    return Array.from(
      stream(label).permutation(members.length).subarray(0, perClass),
      (i) => members[i] ?? -1,
    );
  });
  return Array.from({ length: perClass }, (_, turn) => byClass.map((members) => members[turn] ?? -1)).flat();
}

/** Labels, then Paeth residuals, deflated. Not gzip: some servers would declare a .gz file an encoded response. */
function packed(chosen: readonly number[], { images, labels }: LabelledImages): Uint8Array {
  const size = rows * columns;
  const content = new Uint8Array(chosen.length * (1 + size));
  const picked = new Uint8Array(chosen.length * size);
  chosen.forEach((position, i) => {
    content[i] = labels[position] ?? 255;
    picked.set(images.subarray(position * size, (position + 1) * size), i * size);
  });
  content.set(paethResiduals(picked, rows, columns), chosen.length);
  return deflateSync(content, { level: 9, memLevel: 9, strategy: constants.Z_FILTERED });
}
