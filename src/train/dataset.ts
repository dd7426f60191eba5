// Loads the bundled images and turns them into what the model is trained on.
import { assert, FileError } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import { paethImages } from '../lib/paeth.ts';
import { type DatasetFile, type DatasetIndex, parseDatasetIndex, type SetName } from './datasetIndex.ts';

/** Reads a file of the bundle by its name; the caller decides where from (fetch, folder, storage). */
export type ReadFile = (name: string) => Promise<Uint8Array>;

export interface Dataset {
  readonly count: number;
  /** [count, rows, columns] */
  readonly images: Uint8Array;
  /** [count], indices into `classNames` */
  readonly labels: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly classNames: readonly string[];
  /** How many images from the start each stage uses, by its name. */
  readonly prefixes: Readonly<Record<string, number>>;
  /** SHA-256 of the stored file: names the data in records of a run. */
  readonly sha256: string;
}

/** Width and height of a model input; images are padded to it on all sides. */
export const modelInputSize = 32;
const imageSize = 28;
const padding = (modelInputSize - imageSize) / 2;

export async function loadDataset(read: ReadFile, set: SetName): Promise<Dataset> {
  const index = parseDatasetIndex(new TextDecoder().decode(await read('index.json')));
  const file = index.sets[set];
  const stored = await read(file.file);
  checkStored(stored, file);
  const content = await inflate(stored, file.file);
  const { labels, images } = split(content, file, index);
  return {
    count: file.count,
    images: paethImages(images, index.rows, index.columns),
    labels,
    rows: index.rows,
    columns: index.columns,
    classNames: index.classNames,
    prefixes: file.prefixes,
    sha256: file.sha256,
  };
}

/**
 * Writes model inputs [indices.length, 1, 32, 32] to `out`: 28×28 images padded by 2 on each side, x/127.5 − 1,
 * padding −1 (black). Returns `out`.
 */
export function toModelInput(
  images: Uint8Array,
  indices: ArrayLike<number>,
  out: Float32Array,
): Float32Array {
  const pixels = modelInputSize ** 2;
  const available = images.length / imageSize ** 2;
  assert(
    out.length === indices.length * pixels,
    () => `${indices.length} model inputs need ${indices.length * pixels} numbers, got ${out.length}`,
  );
  out.fill(-1);
  for (let n = 0; n < indices.length; n++) {
    const image = indices[n] ?? -1;
    assert(
      image >= 0 && image < available,
      () => `image ${image} is not among the ${available} images of the set`,
    );
    for (let row = 0; row < imageSize; row++) {
      const from = (image * imageSize + row) * imageSize;
      const to = n * pixels + (row + padding) * modelInputSize + padding;
      for (let column = 0; column < imageSize; column++) {
        out[to + column] = (images[from + column] ?? 0) / 127.5 - 1;
      }
    }
  }
  return out;
}

function checkStored(stored: Uint8Array, { file, bytes, sha256 }: DatasetFile): void {
  if (stored.length !== bytes) {
    throw new FileError(
      `The data file ${file} has ${stored.length} bytes where its index says ${bytes}: reload to fetch it again.`,
      { action: 'retry' },
    );
  }
  if (sha256Hex(stored) !== sha256) {
    throw new FileError(
      `The data file ${file} does not have the SHA-256 that its index says, so it is damaged or of another version: reload to fetch it again.`,
      { action: 'retry' },
    );
  }
}

async function inflate(stored: Uint8Array, file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const stream = new Blob([Uint8Array.from(stored)])
      .stream()
      .pipeThrough(new DecompressionStream('deflate'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new FileError(`The data file ${file} cannot be unpacked: it is not in the zlib format.`, { cause });
  }
}

function split(content: Uint8Array, file: DatasetFile, { rows, columns, classNames }: DatasetIndex) {
  const { count, labelsOffset, imagesOffset } = file;
  const end = imagesOffset + count * rows * columns;
  if (content.length !== end || labelsOffset + count > imagesOffset) {
    throw new FileError(
      `The data file ${file.file} unpacks to ${content.length} bytes where ${count} images and labels need ${end}.`,
    );
  }
  const labels = content.slice(labelsOffset, labelsOffset + count);
  const wrong = labels.findIndex((label) => label >= classNames.length);
  if (wrong >= 0) {
    throw new FileError(
      `The data file ${file.file} has label ${labels[wrong]} at image ${wrong}, but only ${classNames.length} classes.`,
    );
  }
  return { labels, images: content.subarray(imagesOffset, end) };
}
