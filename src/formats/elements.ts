// Element types of checkpoint files, and their conversion to the four types that Scion computes with.
import { FileError } from '../lib/errors.ts';
import { floatsOfBfloat16s, floatsOfHalves } from '../lib/half.ts';
import { type DType, type Shape, sizeOf, type Tensor, type TensorData, tensor } from '../lib/tensor.ts';

/** Size in bytes, by the names that safetensors gives them. */
export const elementBytes = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;

export type ElementType = keyof typeof elementBytes;

export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(elementBytes, name);
}

/** Row-major little-endian elements that may still lie in a file. */
export interface StoredElements {
  readonly type: ElementType;
  readonly content: Blob;
}

interface Decoded {
  readonly dtype: DType;
  readonly data: TensorData;
}

/** `bytes` starts at a multiple of 8 in its buffer; `where` names the tensor in error texts. */
type Decoder = (bytes: Uint8Array<ArrayBuffer>, where: string) => Decoded;

type View<T> = new (buffer: ArrayBuffer, byteOffset: number, length: number) => T;

function view<T>(type: View<T>, bytes: Uint8Array<ArrayBuffer>, elementSize: number): T {
  return new type(bytes.buffer, bytes.byteOffset, bytes.length / elementSize);
}

const float = (data: Float32Array): Decoded => ({ dtype: 'f32', data });
const integer = (data: Int32Array): Decoded => ({ dtype: 'i32', data });

function outOfRange(where: string, index: number, value: bigint | number): FileError {
  return new FileError(
    `${where} holds ${value} at position ${index}; Scion computes with 32-bit integers, −2147483648 to 2147483647.`,
  );
}

/** Each 64-bit number fits where its high half only repeats the sign of its low half. */
function narrow64(
  bytes: Uint8Array<ArrayBuffer>,
  where: string,
  full: BigInt64Array | BigUint64Array,
): Decoded {
  const halves = view(Int32Array, bytes, 4);
  const data = new Int32Array(full.length);
  for (let i = 0; i < data.length; i++) {
    const low = Number(halves[2 * i]);
    if (halves[2 * i + 1] !== low >> 31 || Number(full[i]) !== low) throw outOfRange(where, i, full[i] ?? 0n);
    data[i] = low;
  }
  return integer(data);
}

const decoders: Partial<Record<ElementType, Decoder>> = {
  F64: (bytes) => float(Float32Array.from(view(Float64Array, bytes, 8))),
  F32: (bytes) => float(view(Float32Array, bytes, 4)),
  F16: (bytes) => float(floatsOfHalves(view(Uint16Array, bytes, 2))),
  BF16: (bytes) => float(floatsOfBfloat16s(view(Uint16Array, bytes, 2))),
  I64: (bytes, where) => narrow64(bytes, where, view(BigInt64Array, bytes, 8)),
  U64: (bytes, where) => narrow64(bytes, where, view(BigUint64Array, bytes, 8)),
  I32: (bytes) => integer(view(Int32Array, bytes, 4)),
  U32: (bytes, where) => {
    const data = view(Uint32Array, bytes, 4);
    const tooLarge = data.findIndex((value) => value > 0x7fffffff);
    if (tooLarge >= 0) throw outOfRange(where, tooLarge, Number(data[tooLarge]));
    return integer(Int32Array.from(data));
  },
  I16: (bytes) => integer(Int32Array.from(view(Int16Array, bytes, 2))),
  U16: (bytes) => integer(Int32Array.from(view(Uint16Array, bytes, 2))),
  I8: (bytes) => integer(Int32Array.from(view(Int8Array, bytes, 1))),
  U8: (bytes) => integer(Int32Array.from(bytes)),
  BOOL: (bytes, where) => {
    const odd = bytes.findIndex((value) => value > 1);
    if (odd >= 0) {
      throw new FileError(`${where} holds ${bytes[odd]} at position ${odd} where a boolean, 0 or 1, is due.`);
    }
    return { dtype: 'bool', data: bytes };
  },
};

/**
 * Little-endian elements to a tensor: floats of any width become f32, integers i32 (an error where one does not fit),
 * booleans bool. The tensor may share memory with `bytes`.
 */
export function decodeElements(type: ElementType, bytes: Uint8Array, shape: Shape, where: string): Tensor {
  const decoder = decoders[type];
  if (decoder === undefined) {
    throw new FileError(
      `${where} is ${type}, which Scion does not read; it reads ${Object.keys(decoders).join(', ')}.`,
    );
  }
  const wanted = sizeOf(shape) * elementBytes[type];
  if (bytes.length !== wanted) {
    throw new FileError(
      `${where} has ${bytes.length} bytes, wanted ${wanted} for [${shape.join(', ')}] ${type}.`,
    );
  }
  const { dtype, data } = decoder(aligned(bytes), where);
  return tensor(dtype, shape, data);
}

/** Typed arrays want their offset to be a multiple of the element size, and memory that can be shared out. */
function aligned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset % 8 === 0)
    return new Uint8Array(buffer, byteOffset, length);
  return new Uint8Array(bytes);
}

/** A tensor in memory as the elements that a file would have. */
export function elementsOf({ dtype, data }: Tensor): StoredElements {
  const types = { f32: 'F32', f16: 'F16', i32: 'I32', bool: 'BOOL' } as const;
  const own = data instanceof Float64Array ? Float32Array.from(data) : data.slice();
  return { type: types[dtype], content: new Blob([own]) };
}

/** The first numbers of a tensor, of which nothing else is read. */
export async function firstNumbers({ type, content }: StoredElements, count: number): Promise<TensorData> {
  const width = elementBytes[type];
  const bytes = await content.slice(0, count * width).arrayBuffer();
  const got = Math.floor(bytes.byteLength / width);
  return decodeElements(type, new Uint8Array(bytes, 0, got * width), [got], 'The first numbers of a tensor')
    .data;
}
