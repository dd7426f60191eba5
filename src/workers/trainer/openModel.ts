// Opens the model that is to be grafted: the one that ships with the program, or a checkpoint from a file.
import { blobSource } from '../../formats/byteSource.ts';
import { FileError } from '../../lib/errors.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { type BaseModel, bundledBase, bundlePaths, loadBase } from '../../train/bundle.ts';
import type { ReadFile } from '../../train/dataset.ts';
import { parseDatasetIndex } from '../../train/datasetIndex.ts';
import { importFile } from '../../train/exporting/importFile.ts';
import type { ModelSource } from '../protocol.ts';

export interface OpenModel {
  readonly id: string;
  readonly label: string;
  readonly base: BaseModel;
  /** Tells models apart: results belong to the weights they were made with. */
  readonly fingerprint: string;
  readonly classNames: readonly string[];
  /** What was taken for granted about the file, for the person; null when nothing was. */
  readonly note: string | null;
}

export async function openModel(source: ModelSource, read: ReadFile): Promise<OpenModel> {
  return source.kind === 'bundled' ? openBundled(read) : openFile(source.file, read);
}

async function openBundled(read: ReadFile): Promise<OpenModel> {
  const [base, classNames] = await Promise.all([loadBase(read), dataClassNames(read)]);
  return { ...bundledBase, base, fingerprint: fingerprintOf(base), classNames, note: null };
}

async function openFile(file: File, read: ReadFile): Promise<OpenModel> {
  const imported = await importFile(blobSource(file), { open: undefined });
  if (imported.kind !== 'base') {
    const what = imported.kind === 'plan' ? 'a plan' : 'already grafted';
    throw new FileError(
      `${file.name} is ${what}, not a model to graft on; drop it on the window while its base model is open.`,
    );
  }
  const { frame, weights, pretrainingFlops } = imported.model;
  const base = { frame, weights, pretrainingFlops };
  const { classes } = frame.shape;
  return {
    id: imported.plan.base,
    label: file.name,
    base,
    fingerprint: fingerprintOf(base),
    classNames: fitsBundledData(base)
      ? await dataClassNames(read)
      : Array.from({ length: classes }, (_, index) => `Class ${index}`),
    note: notesIn(imported.sentence, file.name),
  };
}

/** What follows the sentence that the file is open. */
function notesIn(text: string, fileName: string): string | null {
  const end = text.indexOf('. ', fileName.length);
  return end < 0 ? null : text.slice(end + 2);
}

async function dataClassNames(read: ReadFile): Promise<readonly string[]> {
  const index = await read(`${bundlePaths.data}index.json`);
  return parseDatasetIndex(new TextDecoder().decode(index)).classNames;
}

/** Whether the bundled images, 32×32 grey of ten classes, are of the kind that this model draws. */
export function fitsBundledData({ frame: { shape } }: BaseModel): boolean {
  return shape.inputSize === 32 && shape.channels === 1 && shape.classes === 10;
}

/** Numbers of each tensor that go into the fingerprint; hashing whole models would take seconds. */
const sampled = 64;

/** Names, shapes and first numbers of every tensor, hashed. */
export function fingerprintOf({ weights, frame }: BaseModel): string {
  const start = ({ data }: Tensor) => Array.from(data.subarray(0, sampled), (value) => value.toString());
  const parts = Object.entries(weights).map(([name, tensor]) => [name, tensor.shape, start(tensor)]);
  return sha256Hex(JSON.stringify([frame.shape, frame.divisor, parts])).slice(0, 16);
}
