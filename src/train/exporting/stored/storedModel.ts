// A base model that is too large for memory: its header is read, its tensors stay in their file.
import { blobSource } from '../../../formats/byteSource.ts';
import { openCheckpoint } from '../../../formats/checkpoint.ts';
import { openCheckpointFolder } from '../../../formats/checkpointFolder.ts';
import { FileError } from '../../../lib/errors.ts';
import { sizeOf } from '../../../lib/tensor.ts';
import type { DitCheckpoint, StoredTensors } from '../../../models/checkpoint.ts';
import type { DitFrame } from '../../../models/fixedTables.ts';
import { guessTensor } from '../../../models/guess.ts';
import { hintsFromFacts } from '../../../models/inferShape.ts';
import { describeFile, idOfBase } from '../importModel.ts';

/** What the person dropped or chose: one file, or the files of a folder. */
export type ModelFiles =
  | { readonly kind: 'file'; readonly file: File }
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly { readonly path: string; readonly file: File }[];
    };

export interface StoredModel {
  readonly id: string;
  /** The file's or folder's name. */
  readonly label: string;
  readonly checkpoint: DitCheckpoint;
  readonly frame: DitFrame;
  readonly parameters: number;
  readonly pretrainingFlops: number | null;
  readonly provenance: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly unknown: readonly UnknownTensor[];
}

/** A tensor that belongs to no part of the model. */
export interface UnknownTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** What it may be, in a few words. */
  readonly guess: string;
}

export interface OpenedFiles {
  readonly label: string;
  readonly tensors: StoredTensors;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Reads headers only. */
export async function openFiles(from: ModelFiles): Promise<OpenedFiles> {
  if (from.kind === 'file') {
    const source = blobSource(from.file);
    return { label: source.name, tensors: await openCheckpoint(source), config: {} };
  }
  const files = from.files.map(({ path, file }) => ({ path, source: blobSource(file, path) }));
  const folder = await openCheckpointFolder(from.name, files);
  return { label: from.name, tensors: folder, config: folder.config };
}

/** @throws FileError when it holds no whole, ungrafted DiT */
export async function storedModel({ label, tensors, config }: OpenedFiles): Promise<StoredModel> {
  const described = describeFile(label, tensors, { open: undefined }, hintsFromFacts(config));
  const { checkpoint, plan, pretrainingFlops, provenance, notes } = described;
  if (described.kind !== 'base') {
    throw new FileError(
      `${label} is already grafted, not a model to graft on; drop it on the window while its base model is open.`,
    );
  }
  const { shape, divisor } = checkpoint;
  const trained = [...checkpoint.tensors].filter(([name]) => name !== 'pos_embed');
  return {
    id: plan?.base ?? (await idOfBase(label, checkpoint)),
    label,
    checkpoint,
    frame: { shape, divisor, position: await checkpoint.read('pos_embed') },
    parameters: trained.reduce((sum, [, extent]) => sum + sizeOf(extent), 0),
    pretrainingFlops,
    provenance,
    notes,
    unknown: checkpoint.unknown.map((name) => {
      const extent = tensors.tensors.get(name)?.shape ?? [];
      return { name, shape: extent, guess: guessTensor(name, extent, shape) };
    }),
  };
}
