// The JSON header of a safetensors file: parsed and checked before a single tensor is read.
import { FileError } from '../lib/errors.ts';
import { showShape } from '../lib/tensor.ts';
import { duplicateKey } from './duplicateKeys.ts';
import { type ElementType, elementBytes, isElementType } from './elements.ts';
import { shown } from './shown.ts';

export interface SafetensorsEntry {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Position in the file of the first byte, and of the first byte behind. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
}

/** What a header is part of: names and lengths for the checks and the error texts. */
interface FilePlace {
  readonly name: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where the tensor data begin. */
  readonly dataStart: number;
}

export function parseSafetensorsHeader(bytes: Uint8Array, file: FilePlace): SafetensorsHeader {
  const header = parseJson(bytes, file.name);
  const metadata = parseMetadata(header.__metadata__, file.name);
  const tensors = new Map<string, SafetensorsEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') tensors.set(name, parseEntry(name, value, file));
  }
  checkCoverage(tensors, file);
  return { metadata, tensors };
}

function damaged(file: string, reason: string): FileError {
  return new FileError(`${file} is not a sound safetensors file: ${reason}.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(bytes: Uint8Array, file: string): Record<string, unknown> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new FileError(`${file} is not a sound safetensors file: its header is not valid JSON.`, { cause });
  }
  if (!isRecord(value)) throw damaged(file, 'its header is not a JSON object');
  const twice = duplicateKey(text);
  if (twice !== undefined) throw damaged(file, `its header names ${shown(twice)} twice`);
  if (Object.hasOwn(value, '__proto__')) throw damaged(file, 'its header names a tensor "__proto__"');
  return value;
}

function parseMetadata(value: unknown, file: string): Record<string, string> {
  const metadata: Record<string, string> = {};
  if (value === undefined) return metadata;
  if (!isRecord(value)) throw damaged(file, 'its __metadata__ is not an object');
  for (const [key, text] of Object.entries(value)) {
    if (key === '__proto__') throw damaged(file, 'its __metadata__ has a key "__proto__"');
    if (typeof text !== 'string') throw damaged(file, `its __metadata__ ${shown(key)} is not a text`);
    metadata[key] = text;
  }
  return metadata;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parseEntry(name: string, value: unknown, file: FilePlace): SafetensorsEntry {
  const quoted = shown(name);
  if (!isRecord(value)) throw damaged(file.name, `the entry of tensor ${quoted} is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !isElementType(dtype)) {
    throw damaged(file.name, `tensor ${quoted} has the unknown dtype ${shown(dtype)}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw damaged(file.name, `tensor ${quoted} has the impossible shape ${shown(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw damaged(file.name, `tensor ${quoted} has the impossible data_offsets ${shown(offsets)}`);
  }
  const [first, behind] = offsets.map(Number) as [number, number];
  const dataSize = file.size - file.dataStart;
  if (first > behind || behind > dataSize) {
    throw damaged(
      file.name,
      `tensor ${quoted} claims bytes ${first} to ${behind} of its data, and there are ${dataSize}; the file may be incomplete`,
    );
  }
  const wanted = shape.reduce((product, extent) => product * extent, elementBytes[dtype]);
  if (behind - first !== wanted) {
    throw damaged(
      file.name,
      `tensor ${quoted} has ${behind - first} bytes, and ${showShape(shape)} ${dtype} needs ${wanted}`,
    );
  }
  if (first % elementBytes[dtype] !== 0) {
    throw damaged(
      file.name,
      `tensor ${quoted} is ${dtype} at offset ${first}, which is not ${elementBytes[dtype]}-byte aligned`,
    );
  }
  return { dtype, shape, start: file.dataStart + first, end: file.dataStart + behind };
}

/** The tensors lie one behind the other and fill the data, as the format demands; nothing can hide between them. */
function checkCoverage(tensors: ReadonlyMap<string, SafetensorsEntry>, file: FilePlace): void {
  let position = file.dataStart;
  const inOrder = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (const [name, { start, end }] of inOrder) {
    if (start < position) throw damaged(file.name, `tensor ${shown(name)} overlaps the one before it`);
    if (start > position) {
      throw damaged(file.name, `there is a gap of ${start - position} bytes before tensor ${shown(name)}`);
    }
    position = end;
  }
  if (position !== file.size) {
    throw damaged(file.name, `${file.size - position} bytes at its end belong to no tensor`);
  }
}
