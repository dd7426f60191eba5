// Random access to the bytes of a file, so that a 3 GB checkpoint is never read whole.
import { FileError } from '../lib/errors.ts';

export interface ByteSource {
  /** What error texts call the file. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The bytes from `start` up to but not including `end`; the caller owns them. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** The same range without reading it: a file's own slice stays on the disk. */
  slice(start: number, end: number): Blob;
}

export function blobSource(blob: Blob, name?: string): ByteSource {
  const shown = name ?? ('name' in blob && typeof blob.name === 'string' ? blob.name : 'The file');
  return {
    name: shown,
    size: blob.size,
    slice: (start, end) => blob.slice(start, end),
    async read(start, end) {
      try {
        return new Uint8Array(await blob.slice(start, end).arrayBuffer());
      } catch (cause) {
        // A File is a promise of the disk: it cannot be read once the file there has changed.
        throw new FileError(
          `${shown} can no longer be read: it was changed, moved or deleted since it was opened; open it again.`,
          { cause },
        );
      }
    },
  };
}

export function memorySource(bytes: Uint8Array, name = 'The file'): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (start, end) => bytes.slice(start, end),
    slice: (start, end) => new Blob([bytes.slice(start, end)]),
  };
}

/** Reads a range that must be there whole; `what` names it in the error text. */
export async function readExactly(
  source: ByteSource,
  start: number,
  end: number,
  what: string,
): Promise<Uint8Array> {
  if (!(start >= 0 && start <= end && end <= source.size)) {
    throw new FileError(
      `${source.name} is damaged or incomplete: ${what} should lie at bytes ${start} to ${end}, and the file has ${source.size}.`,
    );
  }
  const bytes = await source.read(start, end);
  if (bytes.length !== end - start) {
    throw new FileError(
      `${source.name} ended early: ${what} needs ${end - start} bytes at ${start}, got ${bytes.length}.`,
    );
  }
  return bytes;
}
