// Tensors of a PyTorch .pt file (the ZIP archive of torch.save since 1.6), read without running its pickle.
import { FileError } from '../lib/errors.ts';
import { sizeOf, stridesOf, type Tensor } from '../lib/tensor.ts';
import { type ByteSource, readExactly } from './byteSource.ts';
import { decodeElements, elementBytes, type StoredElements } from './elements.ts';
import { identify, wrongKind } from './identify.ts';
import { PickleAttributes, unpickle } from './pickle.ts';
import { shown } from './shown.ts';
import { TorchTensor, torchHost } from './torchObjects.ts';
import { readStored, readZipDirectory, sliceOfStored } from './zipArchive.ts';

/** Where training scripts keep the state dict, best first: DiT samples from the moving average. */
const sections = ['ema', 'model', 'state_dict'] as const;
export type PytorchSection = (typeof sections)[number] | 'whole file';

export interface PytorchCheckpoint {
  readonly source: ByteSource;
  readonly section: PytorchSection;
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** Whatever else lies beside the tensors: numbers, texts, lists. */
  readonly values: ReadonlyMap<string, unknown>;
  /** The bytes of a storage's record. */
  readonly readStorage: (key: string) => Promise<Uint8Array>;
  /** The same record, not read yet. */
  readonly sliceStorage: (key: string) => Promise<Blob>;
}

/** Reads the directory and the pickle; tensors stay in the file until they are asked for. */
export async function openPytorch(source: ByteSource): Promise<PytorchCheckpoint> {
  const head = await readExactly(source, 0, Math.min(source.size, 512), 'the first bytes');
  const kind = identify(head, source.name);
  if (kind.id !== 'pytorch' && kind.id !== 'zip') throw wrongKind(source.name, kind, 'PyTorch (.pt) files');

  const records = await readZipDirectory(source);
  const pickleName = [...records.keys()].find((name) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  if (pickleName === undefined) {
    throw new FileError(`${source.name} is a ZIP archive without data.pkl, so torch.save did not write it.`);
  }
  const folder = pickleName.slice(0, -'data.pkl'.length);
  if (records.has(`${folder}constants.pkl`)) {
    throw new FileError(
      `${source.name} is a TorchScript program; save the state_dict() of the model instead.`,
    );
  }
  const entryOf = (name: string) => {
    const entry = records.get(`${folder}${name}`);
    if (entry !== undefined) return entry;
    throw new FileError(`${source.name} is damaged: record ${shown(name)} is missing.`);
  };
  const read = async (name: string) => readStored(source, entryOf(name));
  if (records.has(`${folder}byteorder`) && new TextDecoder().decode(await read('byteorder')) !== 'little') {
    throw new FileError(`${source.name} was saved on a big-endian machine; Scion reads little-endian files.`);
  }
  const root = unpickle(await read('data.pkl'), torchHost(source.name));
  return {
    source,
    ...chooseStateDict(root, source.name),
    readStorage: (key) => read(`data/${key}`),
    sliceStorage: async (key) => sliceOfStored(source, entryOf(`data/${key}`)),
  };
}

type StateDict = Pick<PytorchCheckpoint, 'section' | 'tensors' | 'values'>;

function chooseStateDict(root: unknown, fileName: string): StateDict {
  if (!(root instanceof Map)) {
    throw new FileError(`${fileName} holds ${describe(root)}, wanted a state dict: a dictionary of tensors.`);
  }
  for (const section of sections) {
    const dict: unknown = root.get(section);
    if (dict instanceof Map && hasTensors(dict)) return { section, ...split(dict) };
  }
  if (hasTensors(root)) return { section: 'whole file', ...split(root) };
  const keys = [...root.keys()].slice(0, 8).map(shown).join(', ');
  throw new FileError(
    `${fileName} holds no state dict: its keys are ${keys || 'none'}, wanted tensors, or a dictionary of them under "ema", "model" or "state_dict".`,
  );
}

function hasTensors(dict: ReadonlyMap<unknown, unknown>): boolean {
  return [...dict.values()].some((value) => value instanceof TorchTensor);
}

function split(dict: ReadonlyMap<unknown, unknown>): Pick<StateDict, 'tensors' | 'values'> {
  const tensors = new Map<string, TorchTensor>();
  const values = new Map<string, unknown>();
  for (const [name, value] of dict) {
    if (value instanceof TorchTensor) tensors.set(String(name), value);
    else values.set(String(name), value);
  }
  return { tensors, values };
}

function describe(value: unknown): string {
  if (value instanceof TorchTensor) return 'a single tensor';
  if (value instanceof PickleAttributes) return 'a Namespace';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return shown(value);
}

/** Reads one tensor, row-major whatever its strides were. */
export async function readPytorchTensor(checkpoint: PytorchCheckpoint, name: string): Promise<Tensor> {
  const { source, tensors } = checkpoint;
  const view = tensors.get(name);
  if (view === undefined) {
    throw new FileError(`${source.name} has no tensor ${shown(name)} among its ${tensors.size}.`);
  }
  const where = `Tensor ${shown(name)} of ${source.name}`;
  const width = elementBytes[view.dtype];
  const storage = await checkpoint.readStorage(view.storage.key);
  if (storage.length < view.storage.length * width) {
    throw new FileError(
      `${where} is damaged: its storage has ${storage.length} bytes, wanted ${view.storage.length * width}.`,
    );
  }
  return decodeElements(view.dtype, gather(storage, view, width), view.shape, where);
}

/** The elements of a tensor as they lie in the file, or undefined where its strides scatter them. */
export async function sliceOfPytorchTensor(
  checkpoint: PytorchCheckpoint,
  name: string,
): Promise<StoredElements | undefined> {
  const view = checkpoint.tensors.get(name);
  if (view === undefined || !isContiguous(view.shape, view.strides)) return undefined;
  const storage = await checkpoint.sliceStorage(view.storage.key);
  const width = elementBytes[view.dtype];
  const start = view.offset * width;
  const content = storage.slice(start, start + sizeOf(view.shape) * width);
  return { type: view.dtype, content };
}

/** The elements of a view, in row-major order. */
function gather(storage: Uint8Array, { offset, shape, strides }: TorchTensor, width: number): Uint8Array {
  const count = sizeOf(shape);
  if (isContiguous(shape, strides)) return storage.subarray(offset * width, (offset + count) * width);
  const elements = new Uint8Array(count * width);
  const index = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    for (let byte = 0; byte < width; byte++)
      elements[to * width + byte] = Number(storage[from * width + byte]);
    // Count up like an odometer: the last axis first.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = Number(index[axis]) + 1;
      const stride = Number(strides[axis]);
      if (next < Number(shape[axis])) {
        index[axis] = next;
        from += stride;
        break;
      }
      index[axis] = 0;
      from -= (next - 1) * stride;
    }
  }
  return elements;
}

/** The stride of an axis with one element says nothing. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  const rowMajor = stridesOf(shape);
  return (
    sizeOf(shape) === 0 || shape.every((extent, axis) => extent === 1 || strides[axis] === rowMajor[axis])
  );
}
