// Random access to the uncompressed records of a ZIP archive; zip.js reads the central directory, ZIP64 included.
import { type Entry, Reader, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import { crc32 } from '../lib/crc32.ts';
import { FileError } from '../lib/errors.ts';
import { type ByteSource, readExactly } from './byteSource.ts';
import { shown } from './shown.ts';

class SourceReader extends Reader<ByteSource> {
  readonly #source: ByteSource;
  constructor(source: ByteSource) {
    super(source);
    this.#source = source;
    this.size = source.size;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return this.#source.read(index, Math.min(index + length, this.size));
  }
}

/** The records of the archive by name. Only the directory is read. */
export async function readZipDirectory(source: ByteSource): Promise<Map<string, Entry>> {
  try {
    const entries = await new ZipReader(new SourceReader(source), { useWebWorkers: false }).getEntries();
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
  const bytes = await readExactly(source, start, start + entry.uncompressedSize, what);
  if (entry.signature !== undefined && crc32(bytes) !== entry.signature) {
    throw new FileError(`${source.name} is damaged: the checksum of ${what} is wrong.`);
  }
  return bytes;
}
