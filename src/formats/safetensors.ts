// Reading and writing safetensors files: 8 bytes of header length, a JSON header, raw little-endian tensors.
import { assert, FileError } from '../lib/errors.ts';
import { floatsOfHalves, halvesOf } from '../lib/half.ts';
import { sizeOf, type Tensor } from '../lib/tensor.ts';
import { type ByteSource, readExactly } from './byteSource.ts';
import { decodeElements, type ElementType, elementBytes, type StoredElements } from './elements.ts';
import { parseSafetensorsHeader, type SafetensorsHeader } from './safetensorsHeader.ts';
import { shown } from './shown.ts';

/** The limit of the reference implementation; DiT-XL/2 needs 50 KB. */
const maximalHeaderBytes = 100_000_000;

export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const prefix = await readExactly(source, 0, 8, 'the safetensors header length');
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length < 2n || length > BigInt(Math.min(maximalHeaderBytes, source.size - 8))) {
    throw new FileError(
      `${source.name} is not a sound safetensors file: its header claims ${length} bytes, and the file has ${source.size}.`,
    );
  }
  const dataStart = 8 + Number(length);
  const header = await readExactly(source, 8, dataStart, 'the safetensors header');
  return parseSafetensorsHeader(header, { name: source.name, size: source.size, dataStart });
}

/** Reads one tensor and nothing else. */
export async function readTensor(
  source: ByteSource,
  header: SafetensorsHeader,
  name: string,
): Promise<Tensor> {
  const entry = header.tensors.get(name);
  if (entry === undefined) {
    throw new FileError(`${source.name} has no tensor ${shown(name)} among its ${header.tensors.size}.`);
  }
  const where = `Tensor ${shown(name)} of ${source.name}`;
  const bytes = await readExactly(source, entry.start, entry.end, where);
  return decodeElements(entry.dtype, bytes, entry.shape, where);
}

/** A tensor's elements as they lie in the file, not read yet. */
export function sliceOfTensor(
  source: ByteSource,
  header: SafetensorsHeader,
  name: string,
): StoredElements | undefined {
  const entry = header.tensors.get(name);
  return entry && { type: entry.dtype, content: source.slice(entry.start, entry.end) };
}

/** Reads every tensor; for small files. */
export async function readSafetensors(
  source: ByteSource,
): Promise<{ metadata: Readonly<Record<string, string>>; tensors: Map<string, Tensor> }> {
  const header = await readSafetensorsHeader(source);
  const tensors = new Map<string, Tensor>();
  for (const name of header.tensors.keys()) tensors.set(name, await readTensor(source, header, name));
  return { metadata: header.metadata, tensors };
}

export interface SafetensorsOptions {
  /** How floats are stored; integers and booleans stay what they are. */
  readonly dtype: 'f32' | 'f16';
}

interface Placed {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

interface Stored extends Placed {
  readonly data: ArrayBufferView;
}

/** A tensor whose elements may still lie in another file. */
export interface SlicedTensor extends StoredElements {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A file put together from slices: only the header is made in memory. */
export function safetensorsOfSlices(
  tensors: readonly SlicedTensor[],
  metadata: Readonly<Record<string, string>>,
): Blob {
  for (const { name, type, shape, content } of tensors) {
    const wanted = sizeOf(shape) * elementBytes[type];
    assert(content.size === wanted, () => `${name} has ${content.size} bytes instead of ${wanted}`);
  }
  const ordered = [...tensors].sort(byWidthThenName);
  const header = encodeHeader(ordered, metadata);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return new Blob([length, header, ...ordered.map(({ content }) => content)]);
}

/** The same tensors and metadata give the same bytes, whatever order they come in. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
  options: SafetensorsOptions,
): Uint8Array<ArrayBuffer> {
  const entries = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  const stored = entries.map(([name, tensor]) => store(name, tensor, options)).sort(byWidthThenName);
  const header = encodeHeader(stored, metadata);
  const dataBytes = stored.reduce((sum, { data }) => sum + data.byteLength, 0);
  const file = new Uint8Array(8 + header.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  let position = 8 + header.length;
  for (const { data } of stored) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

function store(name: string, { dtype, shape, data }: Tensor, options: SafetensorsOptions): Stored {
  if (name === '__metadata__' || name === '__proto__') {
    throw new FileError(`A safetensors file cannot hold a tensor named ${name}; rename it.`);
  }
  if (dtype === 'i32') return { name, type: 'I32', shape, data: Int32Array.from(data) };
  if (dtype === 'bool') return { name, type: 'BOOL', shape, data: Uint8Array.from(data) };
  if (options.dtype === 'f16') {
    return { name, type: 'F16', shape, data: dtype === 'f16' ? Uint16Array.from(data) : halvesOf(data) };
  }
  if (dtype === 'f16') return { name, type: 'F32', shape, data: floatsOfHalves(Uint16Array.from(data)) };
  return { name, type: 'F32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** Wider types first keeps every tensor aligned without padding, which the format does not allow. */
function byWidthThenName(a: Placed, b: Placed): number {
  return elementBytes[b.type] - elementBytes[a.type] || compareText(a.name, b.name);
}

/** By code units, the same on every machine, unlike localeCompare. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Written by hand because an object would move names such as "0" to the front. Padded so that the data start at 8·n. */
function encodeHeader(
  stored: readonly Placed[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const members: string[] = [];
  const keys = Object.keys(metadata).sort(compareText);
  if (keys.length > 0) {
    const texts = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    members.push(`"__metadata__":{${texts.join(',')}}`);
  }
  let position = 0;
  for (const { name, type, shape } of stored) {
    const end = position + sizeOf(shape) * elementBytes[type];
    const entry = { dtype: type, shape, data_offsets: [position, end] };
    members.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    position = end;
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}
