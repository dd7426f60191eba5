// The index of a bundled image data set (index.json): what its files hold, and how each is checked.
import { FileError } from '../lib/errors.ts';

export type SetName = 'train' | 'test';

/**
 * One deflated file (zlib format): `count` labels of one byte from `labelsOffset`, then from `imagesOffset` the Paeth
 * residuals (lib/paeth.ts) of `count` images, row-major, both counted in the inflated bytes.
 */
export interface DatasetFile {
  readonly file: string;
  readonly count: number;
  readonly labelsOffset: number;
  readonly imagesOffset: number;
  /** Size and SHA-256 of the file as stored. */
  readonly bytes: number;
  readonly sha256: string;
  /** Named prefixes, e.g. stage2: 6000 means that stage 2 uses the first 6,000 images. Each is stratified. */
  readonly prefixes: Readonly<Record<string, number>>;
}

export interface DatasetIndex {
  readonly format: 'scion-images';
  readonly version: 1;
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly classNames: readonly string[];
  readonly seed: number;
  readonly sets: Readonly<Record<SetName, DatasetFile>>;
  readonly source: {
    readonly text: string;
    /** SHA-256 of each original file, uncompressed. */
    readonly sha256: Readonly<Record<string, string>>;
  };
  readonly licence: { readonly spdx: string; readonly holder: string; readonly file: string };
}

/** Parses index.json as far as loading rests on it. */
export function parseDatasetIndex(text: string): DatasetIndex {
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (cause) {
    throw new FileError('The data set index is no JSON: reload the page or fetch the data again.', { cause });
  }
  if (!isRecord(index) || index.format !== 'scion-images' || index.version !== 1) {
    throw new FileError('The data set index is not of the format scion-images, version 1.');
  }
  const { rows, columns, classNames, sets } = index;
  const sound =
    isCount(rows) &&
    isCount(columns) &&
    Array.isArray(classNames) &&
    isRecord(sets) &&
    isDatasetFile(sets.train) &&
    isDatasetFile(sets.test);
  if (!sound) {
    throw new FileError('The data set index lacks a size, class names, or the sets «train» and «test».');
  }
  return index as unknown as DatasetIndex;
}

function isDatasetFile(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.file === 'string' &&
    typeof value.sha256 === 'string' &&
    [value.count, value.bytes, value.imagesOffset].every(isCount) &&
    typeof value.labelsOffset === 'number' &&
    isRecord(value.prefixes)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
