// The state of a generator's training as one file.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { TrainerState } from '../../train/trainer.ts';

const vectorNames = ['parameters', 'm', 'v', 'ema'] as const;

/** @param recipe whatever must be equal for the run to go on */
export function encodeTrainerState({ step, vectors }: TrainerState, recipe: string): Uint8Array {
  const tensors: Record<string, Tensor> = {};
  for (const name of vectorNames) {
    const vector = vectors[name];
    if (vector) tensors[name] = f32([vector.length], vector);
  }
  return writeSafetensors(tensors, { step: String(step), recipe }, { dtype: 'f32' });
}

/** The state, or undefined where it belongs to a run of other settings. */
export async function decodeTrainerState(
  bytes: Uint8Array,
  name: string,
  recipe: string,
): Promise<TrainerState | undefined> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  if (metadata.recipe !== recipe) return undefined;
  const vectors = Object.fromEntries(
    vectorNames.map((key) => {
      const found = tensors.get(key);
      if (!found) throw new FileError(`${name} lacks "${key}"; delete it and train again.`);
      return [key, Float32Array.from(found.data)];
    }),
  );
  return { step: Number(metadata.step), vectors };
}
