// The few Python things that a torch.save file may name, and what they become here.
import { FileError } from '../lib/errors.ts';
import type { ElementType } from './elements.ts';
import { PickleAttributes, PickleFunction, type PickleHost } from './pickle.ts';
import { shown } from './shown.ts';

/** A flat run of elements; several tensors may share one. */
export class TorchStorage {
  readonly type: ElementType;
  /** The record `data/<key>` of the archive. */
  readonly key: string;
  /** In elements. */
  readonly length: number;
  constructor(type: ElementType, key: string, length: number) {
    this.type = type;
    this.key = key;
    this.length = length;
  }
}

/** A view of a storage; offset and strides in elements. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  get dtype(): ElementType {
    return this.storage.type;
  }
}

class StorageType {
  readonly element: ElementType;
  constructor(element: ElementType) {
    this.element = element;
  }
}

const storageTypes: Readonly<Record<string, ElementType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

export function torchHost(fileName: string): PickleHost {
  const damaged = (what: string, got: unknown) =>
    new FileError(`The pickle of ${fileName} is damaged: ${what}, got ${shown(got)}.`);

  function rebuildTensor(args: readonly unknown[]): TorchTensor {
    const [storage, offset, shape, strides] = args;
    if (!(storage instanceof TorchStorage)) throw damaged('a tensor needs a storage', storage);
    if (!isCount(offset)) throw damaged('a storage offset must be a count', offset);
    if (!isCounts(shape)) throw damaged('a tensor size must be a list of counts', shape);
    if (!isCounts(strides) || strides.length !== shape.length) {
      throw damaged(`the strides of a tensor of size ${shown(shape)} must be as many counts`, strides);
    }
    checkExtent(fileName, storage, offset, shape, strides);
    return new TorchTensor(storage, offset, shape, strides);
  }

  const functions = new Map<string, (args: readonly unknown[]) => unknown>([
    ['torch._utils._rebuild_tensor_v2', rebuildTensor],
    ['torch._utils._rebuild_parameter', ([data]) => data],
    ['collections.OrderedDict', ([pairs]) => orderedDict(pairs, damaged)],
    ['torch.Size', ([size]) => size],
    ['argparse.Namespace', () => new PickleAttributes()], // DiT's train.py stores its arguments so
    ['_codecs.encode', ([text, encoding]) => latin1Bytes(text, encoding, damaged)], // bytes, in protocol 2
  ]);

  return {
    fileName,
    global(module, name) {
      const path = `${module}.${name}`;
      if (module === 'torch' && name.endsWith('Storage')) {
        const element = Object.hasOwn(storageTypes, name) ? storageTypes[name] : undefined;
        if (element !== undefined) return new StorageType(element);
        throw new FileError(
          `${fileName} holds a torch.${name}; Scion reads ${Object.keys(storageTypes).join(', ')}.`,
        );
      }
      const call = functions.get(path);
      if (call !== undefined) return new PickleFunction(path, call);
      throw new FileError(`${fileName} asks Python to run ${clean(path)}; Scion reads only tensors.`);
    },
    persistent(id) {
      // ('storage', type, key, location, number of elements)
      const [kind, type, key, , length] = Array.isArray(id) ? id : [];
      if (
        kind !== 'storage' ||
        !(type instanceof StorageType) ||
        typeof key !== 'string' ||
        !isCount(length)
      ) {
        throw damaged('a persistent id must describe a storage', kind);
      }
      return new TorchStorage(type.element, key, length);
    },
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

/** Module names come from the file: no control characters, no endless lines. */
function clean(path: string): string {
  return path.replaceAll(/[^\w.]/g, '?').slice(0, 80);
}

function orderedDict(
  pairs: unknown,
  damaged: (what: string, got: unknown) => FileError,
): Map<unknown, unknown> {
  const dict = new Map<unknown, unknown>();
  if (pairs === undefined) return dict;
  if (!Array.isArray(pairs)) throw damaged('an OrderedDict is made of pairs', pairs);
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) throw damaged('an OrderedDict is made of pairs', pair);
    dict.set(pair[0], pair[1]);
  }
  return dict;
}

function latin1Bytes(
  text: unknown,
  encoding: unknown,
  damaged: (what: string, got: unknown) => FileError,
): Uint8Array {
  if (typeof text !== 'string' || encoding !== 'latin1')
    throw damaged('bytes are stored as latin1 text', encoding);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** An expanded tensor repeats its storage; beyond this many elements that is an attack on memory, not a weight. */
const largestExpansion = 2 ** 20;

function checkExtent(
  fileName: string,
  storage: TorchStorage,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): void {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count === 0) return;
  const last = shape.reduce((index, extent, axis) => index + (extent - 1) * Number(strides[axis]), offset);
  if (!(last < storage.length)) {
    throw new FileError(
      `${fileName} is damaged: a tensor of size ${shown(shape)} reaches element ${last} of a storage of ${storage.length}.`,
    );
  }
  if (count > Math.max(storage.length, largestExpansion)) {
    throw new FileError(
      `${fileName} is damaged: a tensor of size ${shown(shape)} repeats a storage of ${storage.length} elements.`,
    );
  }
}
