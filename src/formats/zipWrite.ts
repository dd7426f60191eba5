// Writes a ZIP archive of stored (uncompressed) records. Parts stay what they are, views or blobs, so that gigabytes
// are never gathered in memory. Layout: APPNOTE.TXT §4.3; without ZIP64, so below 4 GiB.
import { crc32 } from '../lib/crc32.ts';
import { FileError } from '../lib/errors.ts';

export interface ZipRecord {
  readonly name: string;
  readonly content: Blob;
}

const largest = 2 ** 32 - 1;
/** 1980-01-01, the earliest that the format knows: equal contents give equal archives. */
const date = 0x0021;
const utf8Names = 0x0800;
const version = 20;

export async function writeZip(records: readonly ZipRecord[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { name, content } of records) {
    const entry = { name: new TextEncoder().encode(name), crc: await checksum(content), size: content.size };
    const header = localHeader(entry);
    parts.push(header, content);
    directory.push(directoryEntry(entry, offset));
    offset += header.length + content.size;
    if (offset > largest) {
      throw new FileError(
        'The archive would be larger than 4 GB, which ZIP files without extensions cannot be; save the weights as safetensors instead.',
      );
    }
  }
  const directoryBytes = directory.reduce((sum, { length }) => sum + length, 0);
  return new Blob([...parts, ...directory, end(records.length, directoryBytes, offset)], {
    type: 'application/zip',
  });
}

const chunkBytes = 2 ** 24;

async function checksum(content: Blob): Promise<number> {
  let crc = 0;
  for (let start = 0; start < content.size; start += chunkBytes) {
    crc = crc32(new Uint8Array(await content.slice(start, start + chunkBytes).arrayBuffer()), crc);
  }
  return crc;
}

interface Entry {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly size: number;
}

/** Numbers one after the other, each of 2 or 4 bytes, then texts. */
function packed(
  numbers: readonly (readonly [value: number, bytes: 2 | 4])[],
  text: Uint8Array = new Uint8Array(),
) {
  const bytes = new Uint8Array(numbers.reduce((sum, [, width]) => sum + width, text.length));
  const view = new DataView(bytes.buffer);
  let position = 0;
  for (const [value, width] of numbers) {
    if (width === 2) view.setUint16(position, value, true);
    else view.setUint32(position, value, true);
    position += width;
  }
  bytes.set(text, position);
  return bytes;
}

/** From the version that is needed to the length of the name; both headers have these fields. */
function common({ name, crc, size }: Entry): [number, 2 | 4][] {
  return [
    [version, 2],
    [utf8Names, 2],
    [0, 2],
    [0, 2],
    [date, 2],
    [crc, 4],
    [size, 4],
    [size, 4],
    [name.length, 2],
  ];
}

function localHeader(entry: Entry) {
  return packed([[0x04034b50, 4], ...common(entry), [0, 2]], entry.name);
}

function directoryEntry(entry: Entry, offset: number) {
  const rest: [number, 2 | 4][] = [
    [0, 2],
    [0, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [offset, 4],
  ];
  return packed([[0x02014b50, 4], [version, 2], ...common(entry), ...rest], entry.name);
}

function end(count: number, bytes: number, offset: number) {
  return packed([
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [bytes, 4],
    [offset, 4],
    [0, 2],
  ]);
}
