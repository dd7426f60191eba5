// Opens the model that is to be grafted: the one that ships with the program, or a checkpoint from a file or folder.
import { blobSource, readExactly } from '../../formats/byteSource.ts';
import { identify } from '../../formats/identify.ts';
import { FileError } from '../../lib/errors.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { type BaseModel, bundledBase, bundlePaths, loadBase } from '../../train/bundle.ts';
import type { ReadFile } from '../../train/dataset.ts';
import { parseDatasetIndex } from '../../train/datasetIndex.ts';
import { importFile } from '../../train/exporting/importFile.ts';
import { readWeights, whereMemoryEnds } from '../../train/exporting/importModel.ts';
import {
  type ModelFiles,
  openFiles,
  type StoredModel,
  storedModel,
  type UnknownTensor,
} from '../../train/exporting/stored/storedModel.ts';
import type { ModelSource } from '../protocol.ts';
import { fitsBundledData, mostInMemory } from './limits.ts';

export interface OpenModel {
  readonly id: string;
  readonly label: string;
  readonly base: BaseModel;
  /** Tells models apart: results belong to the weights they were made with. */
  readonly fingerprint: string;
  readonly classNames: readonly string[];
  /** What was taken for granted about the file, for the person; null when nothing was. */
  readonly note: string | null;
  /** Tensors of the file that belong to no part of the model. */
  readonly unknown: readonly UnknownTensor[];
}

/** A model in memory, or one whose tensors stay in their file. */
export type Opened =
  | { readonly kind: 'memory'; readonly model: OpenModel }
  | { readonly kind: 'stored'; readonly model: StoredModel };

export async function openModel(source: ModelSource, read: ReadFile): Promise<Opened> {
  if (source.kind === 'bundled') return { kind: 'memory', model: await openBundled(read) };
  if (source.kind === 'file' && !(await isCheckpoint(source.file))) {
    return { kind: 'memory', model: await openOther(source.file, read) };
  }
  return openCheckpointFiles(source, read);
}

async function openBundled(read: ReadFile): Promise<OpenModel> {
  const [base, classNames] = await Promise.all([loadBase(read), dataClassNames(read)]);
  return { ...bundledBase, base, fingerprint: fingerprintOf(base), classNames, note: null, unknown: [] };
}

/** Whether its header can be read alone. */
export async function isCheckpoint(file: File): Promise<boolean> {
  const source = blobSource(file);
  const head = await readExactly(source, 0, Math.min(source.size, 512), 'the first bytes');
  return ['safetensors', 'pytorch', 'zip'].includes(identify(head, source.name).id);
}

async function openCheckpointFiles(from: ModelFiles, read: ReadFile): Promise<Opened> {
  const stored = await storedModel(await openFiles(from));
  if (stored.parameters > mostInMemory) return { kind: 'stored', model: stored };
  const { id, label, checkpoint, frame, pretrainingFlops, notes, unknown } = stored;
  const { position, weights } = await whereMemoryEnds(label, () => readWeights(label, checkpoint));
  const base = { frame: { ...frame, position }, weights, pretrainingFlops };
  const named = { id, label, note: notes.join(' ') || null, unknown };
  return { kind: 'memory', model: await fromBase(base, named, read) };
}

/** Models that Scion exported in other formats, and everything that is no model. */
async function openOther(file: File, read: ReadFile): Promise<OpenModel> {
  const imported = await importFile(blobSource(file), { open: undefined });
  if (imported.kind !== 'base') {
    const what = imported.kind === 'plan' ? 'a plan' : 'already grafted';
    throw new FileError(
      `${file.name} is ${what}, not a model to graft on; drop it on the window while its base model is open.`,
    );
  }
  const { frame, weights, pretrainingFlops } = imported.model;
  const note = imported.notes.join(' ') || null;
  const named = { id: imported.plan.base, label: file.name, note, unknown: [] };
  return fromBase({ frame, weights, pretrainingFlops }, named, read);
}

async function fromBase(
  base: BaseModel,
  named: Pick<OpenModel, 'id' | 'label' | 'note' | 'unknown'>,
  read: ReadFile,
): Promise<OpenModel> {
  const { shape } = base.frame;
  const classNames = fitsBundledData(shape) ? await dataClassNames(read) : numberedClasses(shape.classes);
  return { ...named, base, fingerprint: fingerprintOf(base), classNames };
}

export function numberedClasses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `Class ${index}`);
}

async function dataClassNames(read: ReadFile): Promise<readonly string[]> {
  const index = await read(`${bundlePaths.data}index.json`);
  return parseDatasetIndex(new TextDecoder().decode(index)).classNames;
}

/** Numbers of each tensor that go into the fingerprint; hashing whole models would take seconds. */
const sampled = 64;

/** Names, shapes and first numbers of every tensor, hashed. */
export function fingerprintOf({ weights, frame }: BaseModel): string {
  const start = ({ data }: Tensor) => Array.from(data.subarray(0, sampled), (value) => value.toString());
  const parts = Object.entries(weights).map(([name, tensor]) => [name, tensor.shape, start(tensor)]);
  return sha256Hex(JSON.stringify([frame.shape, frame.divisor, parts])).slice(0, 16);
}
