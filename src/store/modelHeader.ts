// The header of a dropped model: enough for its graph and its costs, read in the page so that no busy trainer delays it.
import { blobSource } from '../formats/byteSource.ts';
import { type Checkpoint, openCheckpoint } from '../formats/checkpoint.ts';
import { openCheckpointFolder } from '../formats/checkpointFolder.ts';
import { firstNumbers, isElementType } from '../formats/elements.ts';
import { assert } from '../lib/errors.ts';
import { baseId, sampledElements } from '../models/baseId.ts';
import { type DitCheckpoint, recogniseDit } from '../models/checkpoint.ts';
import { hintsFromFacts } from '../models/inferShape.ts';
import { planKeys } from '../plan/fileKeys.ts';
import type { ModelFiles, ModelInfo } from '../workers/protocol.ts';
import { headerOnly } from './sessionStore.ts';

/** @returns undefined for a graft, which goes onto the open model; @throws FileError when it is no DiT */
export async function readModelHeader(from: ModelFiles): Promise<ModelInfo | undefined> {
  const { file, config } = await openHeader(from);
  if (planKeys.plan in file.metadata) return undefined;
  const checkpoint = recogniseDit(file, { hints: hintsFromFacts(config) });
  if (Object.keys(checkpoint.grafts).length > 0) return undefined;
  const label = from.kind === 'file' ? from.file.name : from.name;
  const reading = `The weights of ${label} are still being looked at.`;
  const { classes } = checkpoint.shape;
  return {
    id: await idOf(label, checkpoint),
    label,
    engine: headerOnly,
    parallel: true,
    note: null,
    config: checkpoint.shape,
    classNames: Array.from({ length: classes }, (_, index) => `Class ${index}`),
    pretrainingFlops: null,
    limits: { images: reading, training: reading },
  };
}

async function openHeader(
  from: ModelFiles,
): Promise<{ readonly file: Checkpoint; readonly config: Readonly<Record<string, unknown>> }> {
  if (from.kind === 'file') return { file: await openCheckpoint(blobSource(from.file)), config: {} };
  const files = from.files.map(({ path, file }) => ({ path, source: blobSource(file, path) }));
  const folder = await openCheckpointFolder(from.name, files);
  return { file: folder, config: folder.config };
}

/** The id that the trainer will find too. */
function idOf(label: string, checkpoint: DitCheckpoint): Promise<string> {
  const trained = [...checkpoint.tensors.keys()].filter((name) => name !== 'pos_embed');
  return baseId(label, trained, async (name) => {
    const { type, content } = await checkpoint.stored(name);
    assert(isElementType(type), () => `${name} has elements of type ${type}`);
    return firstNumbers({ type, content }, sampledElements);
  });
}
