// The header in front of a stored record: which of two slots is newer, and whether all of it arrived.
import { crc32 } from '../lib/crc32.ts';

/** The header's layout: magic u32, generation f64, length f64, CRC-32 of the payload u32, CRC-32 of all these u32. */
export const frameHeaderBytes = 28;
const magic = 0x52435331; // "1SCR" on disk

export interface FrameHeader {
  /** Counts the writes of a record; the greater one is newer. */
  readonly generation: number;
  /** Bytes of the payload. */
  readonly length: number;
  readonly checksum: number;
}

export function encodeFrameHeader(generation: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frameHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setFloat64(4, generation, true);
  view.setFloat64(12, payload.length, true);
  view.setUint32(20, crc32(payload), true);
  view.setUint32(24, crc32(bytes.subarray(0, 24)), true);
  return bytes;
}

/** The header at the start of a file of `fileBytes`, or undefined where it or the end of the payload is missing. */
export function decodeFrameHeader(bytes: Uint8Array, fileBytes: number): FrameHeader | undefined {
  if (bytes.length < frameHeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== magic) return undefined;
  if (view.getUint32(24, true) !== crc32(bytes.subarray(0, 24))) return undefined;
  const length = view.getFloat64(12, true);
  if (length !== fileBytes - frameHeaderBytes) return undefined;
  return { generation: view.getFloat64(4, true), length, checksum: view.getUint32(20, true) };
}
