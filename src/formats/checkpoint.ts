// A checkpoint of either kind behind one face: names, shapes, and tensors read one at a time.
import type { Tensor } from '../lib/tensor.ts';
import { type ByteSource, readExactly } from './byteSource.ts';
import { type ElementType, elementsOf, type StoredElements } from './elements.ts';
import { identify, wrongKind } from './identify.ts';
import { openPytorch, readPytorchTensor, sliceOfPytorchTensor } from './pytorchZip.ts';
import { readSafetensorsHeader, readTensor, sliceOfTensor } from './safetensors.ts';

export interface Checkpoint {
  readonly kind: 'safetensors' | 'pytorch';
  readonly name: string;
  /** Texts of the safetensors header; empty for PyTorch files. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, { readonly dtype: ElementType; readonly shape: readonly number[] }>;
  readonly read: (name: string) => Promise<Tensor>;
  /** A tensor's elements in the type that the file has, not read where they lie in one piece. */
  readonly stored: (name: string) => Promise<StoredElements>;
}

/** Reads what tells the tensors' names and shapes, and leaves the tensors in the file. */
export async function openCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const head = await readExactly(source, 0, Math.min(source.size, 512), 'the first bytes');
  const kind = identify(head, source.name);
  if (kind.id === 'safetensors') return openSafetensors(source);
  if (kind.id === 'pytorch' || kind.id === 'zip') return openZip(source);
  throw wrongKind(source.name, kind, 'safetensors and PyTorch (.pt) files');
}

async function openSafetensors(source: ByteSource): Promise<Checkpoint> {
  const header = await readSafetensorsHeader(source);
  const read = (name: string) => readTensor(source, header, name);
  return {
    kind: 'safetensors',
    name: source.name,
    metadata: header.metadata,
    tensors: header.tensors,
    read,
    stored: async (name) => sliceOfTensor(source, header, name) ?? elementsOf(await read(name)),
  };
}

async function openZip(source: ByteSource): Promise<Checkpoint> {
  const checkpoint = await openPytorch(source);
  const read = (name: string) => readPytorchTensor(checkpoint, name);
  return {
    kind: 'pytorch',
    name: source.name,
    metadata: {},
    tensors: checkpoint.tensors,
    read,
    stored: async (name) => (await sliceOfPytorchTensor(checkpoint, name)) ?? elementsOf(await read(name)),
  };
}
