// A checkpoint of either kind behind one face: names, shapes, and tensors read one at a time.
import type { Tensor } from '../lib/tensor.ts';
import { type ByteSource, readExactly } from './byteSource.ts';
import type { ElementType } from './elements.ts';
import { identify, wrongKind } from './identify.ts';
import { openPytorch, readPytorchTensor } from './pytorchZip.ts';
import { readSafetensorsHeader, readTensor } from './safetensors.ts';

export interface Checkpoint {
  readonly kind: 'safetensors' | 'pytorch';
  readonly name: string;
  /** Texts of the safetensors header; empty for PyTorch files. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, { readonly dtype: ElementType; readonly shape: readonly number[] }>;
  readonly read: (name: string) => Promise<Tensor>;
}

/** Reads what tells the tensors' names and shapes, and leaves the tensors in the file. */
export async function openCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const head = await readExactly(source, 0, Math.min(source.size, 512), 'the first bytes');
  const kind = identify(head, source.name);
  if (kind.id === 'safetensors') {
    const header = await readSafetensorsHeader(source);
    return {
      kind: 'safetensors',
      name: source.name,
      metadata: header.metadata,
      tensors: header.tensors,
      read: (name) => readTensor(source, header, name),
    };
  }
  if (kind.id === 'pytorch' || kind.id === 'zip') {
    const checkpoint = await openPytorch(source);
    return {
      kind: 'pytorch',
      name: source.name,
      metadata: {},
      tensors: checkpoint.tensors,
      read: (name) => readPytorchTensor(checkpoint, name),
    };
  }
  throw wrongKind(source.name, kind, 'safetensors and PyTorch (.pt) files');
}
