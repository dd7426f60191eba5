// Reads idx files, the array format of MNIST and its relatives: 0, 0, element type, rank, big-endian extents, data.
import { FileError } from './errors.ts';
import { showShape, sizeOf } from './tensor.ts';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const unsignedByte = 0x08;

/** Parses an uncompressed idx file of unsigned bytes; `name` is for the sentences. */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  const [zero0, zero1, type, rank = 0] = bytes;
  if (bytes.length < 4 || zero0 !== 0 || zero1 !== 0 || rank === 0) {
    throw new FileError(`${name} is no idx file: its first four bytes are not 0, 0, a type and a rank.`);
  }
  if (type !== unsignedByte) {
    throw new FileError(`${name} holds idx elements of type ${type}, wanted unsigned bytes (type 8).`);
  }
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength) {
    throw new FileError(`${name} ends within its header of ${headerLength} bytes: fetch the file again.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const wanted = headerLength + sizeOf(shape);
  if (bytes.length !== wanted) {
    throw new FileError(
      `${name} has ${bytes.length} bytes where shape ${showShape(shape)} needs ${wanted}: fetch the file again.`,
    );
  }
  return { shape, data: bytes.subarray(headerLength) };
}
