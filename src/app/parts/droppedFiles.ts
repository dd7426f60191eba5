// What a drop carries: one file, or a folder with all that is below it.
import { UserError } from '../../lib/errors.ts';
import type { ModelFiles } from '../../workers/protocol.ts';

interface FolderFile {
  readonly path: string;
  readonly file: File;
}

/** A model folder has some dozens of files; a home folder has all of them. */
const mostFiles = 500;

/** Starts reading at once: the browser lets go of a drop when its event is over. */
export function droppedFiles(transfer: DataTransfer): Promise<ModelFiles | undefined> {
  const entry = [...transfer.items].find(({ kind }) => kind === 'file')?.webkitGetAsEntry();
  const file = transfer.files[0];
  if (entry?.isDirectory) return folderOf(entry as FileSystemDirectoryEntry);
  return Promise.resolve(file && { kind: 'file', file });
}

async function folderOf(folder: FileSystemDirectoryEntry): Promise<ModelFiles> {
  const files: FolderFile[] = [];
  await collect(folder, '', files);
  return { kind: 'folder', name: folder.name, files };
}

async function collect(folder: FileSystemDirectoryEntry, prefix: string, into: FolderFile[]): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    if (entry.name.startsWith('.')) continue;
    if (into.length >= mostFiles)
      throw new UserError(`${folder.name} holds more than ${mostFiles} files; drop the folder of one model.`);
    const path = prefix + entry.name;
    if (entry.isDirectory) await collect(entry as FileSystemDirectoryEntry, `${path}/`, into);
    else into.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
  }
}

/** A reader hands out at most a hundred at a time, and nothing when it is through. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Files that a folder picker gave: their paths begin with the folder's name. */
export function pickedFolder(files: Iterable<File>): ModelFiles | undefined {
  const all = [...files];
  const name = all[0]?.webkitRelativePath.split('/')[0];
  if (name === undefined) return undefined;
  const below = all.map((file) => ({ path: file.webkitRelativePath.slice(name.length + 1), file }));
  return { kind: 'folder', name, files: below.filter(({ path }) => !/(^|\/)\./.test(path)) };
}
