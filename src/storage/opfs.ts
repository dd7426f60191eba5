// Named binary records in the origin-private file system. Each record has two slots, written in turn, so that a crash in
// the middle of a write leaves the one before. The cost is room for two of each.

import { crc32 } from '../lib/crc32.ts';
import { UserError } from '../lib/errors.ts';
import { decodeFrameHeader, encodeFrameHeader, type FrameHeader, frameHeaderBytes } from './frame.ts';
import { byName, type RecordInfo, type RecordStore } from './recordStore.ts';

/** The part of FileSystemSyncAccessHandle in use; workers only. */
export interface SyncAccess {
  truncate(size: number): void;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  flush(): void;
  close(): void;
}

/** The part of FileSystemWritableFileStream in use. It replaces the file when it is closed, and not before. */
export interface WritableFile {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
  abort?(): Promise<void>;
}

/** The part of FileSystemFileHandle in use. */
export interface FileHandle {
  readonly kind: 'file';
  getFile(): Promise<File>;
  createSyncAccessHandle?(): Promise<SyncAccess>;
  createWritable?(): Promise<WritableFile>;
}

/** The part of FileSystemDirectoryHandle in use. */
export interface DirectoryHandle {
  getFileHandle(name: string, options?: { create: boolean }): Promise<FileHandle>;
  removeEntry(name: string): Promise<void>;
  keys(): AsyncIterable<string>;
}

interface Slot {
  readonly fileName: string;
  readonly file: File;
  readonly header: FrameHeader;
}

/** @param folder below the root of the origin's file system */
export async function openOpfs(folder: string): Promise<RecordStore> {
  const root = await navigator.storage.getDirectory();
  return opfsStore(await root.getDirectoryHandle(folder, { create: true }));
}

export function opfsStore(directory: DirectoryHandle): RecordStore {
  const inTurn = queueByName();
  return {
    write: (name, bytes) => inTurn(name, () => writeRecord(directory, name, bytes)),
    read: (name) => inTurn(name, () => readRecord(directory, name)),
    remove: (name) => inTurn(name, () => removeRecord(directory, name)),
    list: () => listRecords(directory),
  };
}

/** Runs the tasks of one name one after the other, since a file can be open only once. */
function queueByName(): <T>(name: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (name, task) => {
    const result = (last.get(name) ?? Promise.resolve()).then(task, task);
    last.set(name, result);
    const forget = () => {
      if (last.get(name) === result) last.delete(name);
    };
    result.then(forget, forget);
    return result;
  };
}

/** `/` and `\` may not stand in a file name; the ending tells the slots apart. */
function slotNames(name: string): [string, string] {
  const safe = encodeURIComponent(name);
  return [`${safe}.0`, `${safe}.1`];
}

function recordName(fileName: string): string | undefined {
  const [, safe] = /^(.*)\.[01]$/.exec(fileName) ?? [];
  try {
    return safe === undefined ? undefined : decodeURIComponent(safe);
  } catch {
    return undefined; // not written by us
  }
}

/** Slots with a sound header, newest first. */
async function slotsOf(directory: DirectoryHandle, name: string): Promise<Slot[]> {
  const slots: Slot[] = [];
  for (const fileName of slotNames(name)) {
    const file = await fileOf(directory, fileName);
    if (file === undefined) continue;
    const head = new Uint8Array(await file.slice(0, frameHeaderBytes).arrayBuffer());
    const header = decodeFrameHeader(head, file.size);
    if (header) slots.push({ fileName, file, header });
  }
  return slots.sort((a, b) => b.header.generation - a.header.generation);
}

async function fileOf(directory: DirectoryHandle, fileName: string): Promise<File | undefined> {
  try {
    return await (await directory.getFileHandle(fileName)).getFile();
  } catch (error) {
    if (isNamed(error, 'NotFoundError')) return undefined;
    throw error;
  }
}

async function readRecord(directory: DirectoryHandle, name: string): Promise<Uint8Array | undefined> {
  for (const { file, header } of await slotsOf(directory, name)) {
    const payload = new Uint8Array(await file.slice(frameHeaderBytes).arrayBuffer());
    if (crc32(payload) === header.checksum) return payload;
  }
  return undefined;
}

async function writeRecord(directory: DirectoryHandle, name: string, bytes: Uint8Array): Promise<void> {
  const [newest] = await slotsOf(directory, name);
  const [first, second] = slotNames(name);
  const target = newest?.fileName === first ? second : first;
  const header = encodeFrameHeader((newest?.header.generation ?? 0) + 1, bytes);
  try {
    await removeFile(directory, target); // makes room first: the older slot is of no use any more
    await writeSlot(await directory.getFileHandle(target, { create: true }), header, bytes);
  } catch (error) {
    await removeFile(directory, target).catch(() => undefined); // gives the room of the torn slot back
    throw explained(error, name, bytes.length);
  }
}

async function writeSlot(
  handle: FileHandle,
  header: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array,
): Promise<void> {
  const payload = ownMemory(bytes);
  if (handle.createSyncAccessHandle) {
    writeThrough(await handle.createSyncAccessHandle(), header, payload);
  } else if (handle.createWritable) {
    const stream = await handle.createWritable();
    try {
      await stream.write(header);
      await stream.write(payload);
      await stream.close();
    } catch (error) {
      await stream.abort?.().catch(() => undefined);
      throw error;
    }
  } else {
    throw new UserError(
      'This browser can write its private files only in a worker; update it or use another one.',
    );
  }
}

/** The payload reaches the disk before the header does, so a sound header vouches for it. */
function writeThrough(
  access: SyncAccess,
  header: Uint8Array<ArrayBuffer>,
  payload: Uint8Array<ArrayBuffer>,
): void {
  try {
    access.truncate(0);
    writeAll(access, payload, header.length);
    access.flush();
    writeAll(access, header, 0);
    access.flush();
  } finally {
    access.close();
  }
}

function writeAll(access: SyncAccess, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  let done = 0;
  while (done < bytes.length) {
    const count = access.write(bytes.subarray(done), { at: at + done });
    if (count === 0) throw new DOMException('nothing was written', 'QuotaExceededError');
    done += count;
  }
}

/** The file system takes no shared memory. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, length) : new Uint8Array(bytes);
}

async function removeRecord(directory: DirectoryHandle, name: string): Promise<void> {
  for (const fileName of slotNames(name)) await removeFile(directory, fileName);
}

async function removeFile(directory: DirectoryHandle, fileName: string): Promise<void> {
  try {
    await directory.removeEntry(fileName);
  } catch (error) {
    if (!isNamed(error, 'NotFoundError')) throw error;
  }
}

async function listRecords(directory: DirectoryHandle): Promise<RecordInfo[]> {
  const names = new Set<string>();
  for await (const fileName of directory.keys()) {
    const name = recordName(fileName);
    if (name !== undefined) names.add(name);
  }
  const records: RecordInfo[] = [];
  for (const name of names) {
    const slots = await slotsOf(directory, name);
    const [newest] = slots;
    const room = slots.reduce((sum, { file }) => sum + file.size, 0);
    if (newest) records.push({ name, bytes: newest.header.length, room, modified: newest.file.lastModified });
  }
  return records.sort(byName);
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function explained(error: unknown, name: string, bytes: number): unknown {
  if (isNamed(error, 'QuotaExceededError')) {
    const megabytes = (bytes / 1e6).toFixed(1);
    return new UserError(
      `"${name}" (${megabytes} MB) could not be saved: the browser has no room left for this page; free some space.`,
      { cause: error, action: 'freeSpace' },
    );
  }
  if (isNamed(error, 'NoModificationAllowedError')) {
    return new UserError(
      `"${name}" could not be saved: it is open in another tab; close that tab and save again.`,
      {
        cause: error,
      },
    );
  }
  return error;
}
