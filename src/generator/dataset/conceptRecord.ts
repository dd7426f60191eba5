// What a concept's fine-tune leaves on the disk: its late checkpoints and how its loss fell.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import type { FineTuned } from './fineTune.ts';

/** @param recipe hash of the base and of all settings; a record of another one is made again */
export function encodeConceptRecord(
  id: string,
  recipe: string,
  { vectors, distances }: FineTuned,
): Uint8Array {
  const length = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * length);
  vectors.forEach((vector, k) => {
    all.set(vector, k * length);
  });
  return writeSafetensors(
    { vectors: f32([vectors.length, length], all), distances: f32([distances.length], distances) },
    { concept: id, recipe },
    { dtype: 'f32' },
  );
}

/** The record, or undefined where it was made by another recipe. */
export async function decodeConceptRecord(
  bytes: Uint8Array,
  id: string,
  recipe: string,
): Promise<FineTuned | undefined> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, `The record of ${id}`));
  if (metadata.recipe !== recipe || metadata.concept !== id) return undefined;
  const [vectors, distances] = [tensors.get('vectors'), tensors.get('distances')];
  const [count = 0, length = 0] = vectors?.shape ?? [];
  if (!vectors || !distances || count * length !== vectors.data.length) {
    throw new FileError(`The record of ${id} lacks its checkpoints; delete it and run generator:data again.`);
  }
  const all = Float32Array.from(vectors.data);
  return {
    vectors: Array.from({ length: count }, (_, k) => all.slice(k * length, (k + 1) * length)),
    distances: [...distances.data],
  };
}
