// Random access to the uncompressed records of a ZIP archive; zip.js reads the central directory, ZIP64 included.
import { type Entry, type ReadableReader, ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { crc32 } from '../lib/crc32.ts';
import { FileError } from '../lib/errors.ts';
import { type ByteSource, readExactly } from './byteSource.ts';
import { shown } from './shown.ts';

/** Random access is all that zip.js asks of a reader; its own Reader class would bring every codec into the bundle. */
function readerOf(source: ByteSource): ReadableReader {
  const reader = {
    size: source.size,
    readUint8Array: (index: number, length: number) =>
      source.read(index, Math.min(index + length, source.size)),
    get readable(): ReadableStream {
      throw new Error('Bug: zip.js streams an archive that it could read at random');
    },
  };
  return reader;
}

/** The records of the archive by name. Only the directory is read. */
export async function readZipDirectory(source: ByteSource): Promise<Map<string, Entry>> {
  try {
    const entries = await new ZipReader(readerOf(source), { useWebWorkers: false }).getEntries();
    return new Map(entries.map((entry) => [entry.filename, entry]));
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError(
      `${source.name} is damaged or incomplete: its ZIP directory, at the end of the file, cannot be read.`,
      { cause },
    );
  }
}

const localHeaderBytes = 30;
const localHeaderSignature = 0x04034b50;

/** The bytes of a record, checked against its checksum. torch.save does not compress, so compressed ones are refused. */
export async function readStored(source: ByteSource, entry: Entry): Promise<Uint8Array> {
  const what = `record ${shown(entry.filename)}`;
  const [start, end] = await placeOf(source, entry, what);
  const bytes = await readExactly(source, start, end, what);
  if (entry.signature !== undefined && crc32(bytes) !== entry.signature) {
    throw new FileError(`${source.name} is damaged: the checksum of ${what} is wrong.`);
  }
  return bytes;
}

/** The same without reading it, so without the checksum too. */
export async function sliceOfStored(source: ByteSource, entry: Entry): Promise<Blob> {
  const what = `record ${shown(entry.filename)}`;
  const [start, end] = await placeOf(source, entry, what);
  if (end > source.size) {
    throw new FileError(`${source.name} is damaged or incomplete: ${what} ends behind the end of the file.`);
  }
  return source.slice(start, end);
}

/** Where the content of a record begins and ends. */
async function placeOf(source: ByteSource, entry: Entry, what: string): Promise<[number, number]> {
  if (entry.encrypted || entry.compressionMethod !== 0) {
    throw new FileError(
      `${source.name} is packed in an unusual way: ${what} is compressed or encrypted; save it again with torch.save.`,
    );
  }
  const head = await readExactly(source, entry.offset, entry.offset + localHeaderBytes, what);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0, true) !== localHeaderSignature) {
    throw new FileError(`${source.name} is damaged: ${what} does not start where the ZIP directory says.`);
  }
  const nameAndExtra = view.getUint16(26, true) + view.getUint16(28, true);
  const start = entry.offset + localHeaderBytes + nameAndExtra;
  return [start, start + entry.uncompressedSize];
}
