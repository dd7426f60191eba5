// A translator's training state as one file, so that a run goes on where it was left.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { pix2pixState } from './pix2pixStep.ts';
import type { TranslatorState } from './trainer.ts';

const running = 'running/';

/** @param recipe whatever must be equal for the run to go on */
export function encodeState(
  { step, vectors, running: averages }: TranslatorState,
  recipe: string,
): Uint8Array {
  const tensors: Record<string, Tensor> = {};
  for (const name of pix2pixState) tensors[name] = f32([vectors[name].length], vectors[name]);
  for (const [name, data] of Object.entries(averages))
    tensors[`${running}${name}`] = f32([data.length], data);
  return writeSafetensors(tensors, { step: String(step), recipe }, { dtype: 'f32' });
}

/** The state, or undefined where it belongs to a run of other settings. */
export async function decodeState(
  bytes: Uint8Array,
  name: string,
  recipe: string,
): Promise<TranslatorState | undefined> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  if (metadata.recipe !== recipe) return undefined;
  const vector = (key: string) => {
    const found = tensors.get(key);
    if (!found) throw new FileError(`${name} lacks "${key}"; delete it and train again.`);
    return Float32Array.from(found.data);
  };
  const averages = [...tensors.keys()].filter((key) => key.startsWith(running));
  return {
    step: Number(metadata.step),
    vectors: {
      g: vector('g'),
      'g.m': vector('g.m'),
      'g.v': vector('g.v'),
      d: vector('d'),
      'd.m': vector('d.m'),
      'd.v': vector('d.v'),
    },
    running: Object.fromEntries(averages.map((key) => [key.slice(running.length), vector(key)])),
  };
}
