// An OPFS directory in memory for tests, which can lose power or run out of room in the middle of a write.
import type { DirectoryHandle, FileHandle, SyncAccess, WritableFile } from './opfs.ts';

export interface FakeDirectory extends DirectoryHandle {
  /** What lies on the fake disk. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Bytes that can still be written before the power fails; whatever was written stays on the disk. */
  powerFailsAfter: number;
  /** Bytes that all files together may have. */
  quota: number;
}

export class PowerFailure extends Error {}

/** @param access the way of writing that the browser offers */
export function fakeDirectory(access: 'sync' | 'stream' | 'none'): FakeDirectory {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const directory: FakeDirectory = {
    files,
    powerFailsAfter: Number.POSITIVE_INFINITY,
    quota: Number.POSITIVE_INFINITY,
    async getFileHandle(name, options) {
      if (!files.has(name)) {
        if (!options?.create) throw new DOMException(name, 'NotFoundError');
        files.set(name, new Uint8Array(0));
      }
      return handleOf(name);
    },
    async removeEntry(name) {
      if (directory.powerFailsAfter <= 0) throw new PowerFailure();
      if (!files.delete(name)) throw new DOMException(name, 'NotFoundError');
    },
    async *keys() {
      yield* [...files.keys()];
    },
  };

  const contentOf = (name: string) => files.get(name) ?? new Uint8Array(0);

  function handleOf(name: string): FileHandle {
    const handle: FileHandle = {
      kind: 'file',
      getFile: async () => new File([contentOf(name)], name, { lastModified: 1_700_000_000_000 }),
    };
    if (access === 'sync') return { ...handle, createSyncAccessHandle: async () => syncAccess(name) };
    if (access === 'stream') return { ...handle, createWritable: async () => writableFile(name) };
    return handle;
  }

  function syncAccess(name: string): SyncAccess {
    return {
      truncate(size) {
        files.set(name, contentOf(name).slice(0, size));
      },
      write(bytes, { at }) {
        const allowed = Math.min(bytes.length, directory.powerFailsAfter);
        const total = [...files.values()].reduce((sum, file) => sum + file.length, 0);
        const content = new Uint8Array(Math.max(contentOf(name).length, at + allowed));
        if (total - contentOf(name).length + content.length > directory.quota) return 0;
        content.set(contentOf(name));
        content.set(bytes.subarray(0, allowed), at);
        files.set(name, content);
        directory.powerFailsAfter -= allowed;
        if (allowed < bytes.length) throw new PowerFailure();
        return allowed;
      },
      flush: () => undefined,
      close: () => undefined,
    };
  }

  function writableFile(name: string): WritableFile {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    return {
      async write(bytes) {
        directory.powerFailsAfter -= bytes.length;
        if (directory.powerFailsAfter < 0) throw new PowerFailure();
        parts.push(bytes.slice());
      },
      async close() {
        files.set(name, new Uint8Array(await new Blob(parts).arrayBuffer()));
      },
    };
  }

  return directory;
}
