// The tensors of a golden file, with float64 kept: formats/safetensors.ts rounds it to float32, and some cases are held
// to 1e-12.
import { memorySource } from '../../formats/byteSource.ts';
import { decodeElements } from '../../formats/elements.ts';
import { readSafetensorsHeader } from '../../formats/safetensors.ts';
import type { Tensor } from '../../lib/tensor.ts';

export interface GoldenTensor extends Tensor {
  /** As the file stores it: F64, F32, I32, F16, … */
  readonly stored: string;
}

export async function readTensorFile(name: string, bytes: Uint8Array): Promise<Map<string, GoldenTensor>> {
  const header = await readSafetensorsHeader(memorySource(bytes, name));
  const tensors = new Map<string, GoldenTensor>();
  for (const [key, { dtype, shape, start, end }] of header.tensors) {
    const raw = bytes.slice(start, end);
    const tensor: Tensor =
      dtype === 'F64'
        ? { dtype: 'f32', shape, data: new Float64Array(raw.buffer) }
        : decodeElements(dtype, raw, shape, `Tensor ${key} of ${name}`);
    tensors.set(key, { ...tensor, stored: dtype });
  }
  return tensors;
}
