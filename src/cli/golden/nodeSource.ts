// A folder on disk as the source of golden cases.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { FileError } from '../../lib/errors.ts';
import type { GoldenSource } from './source.ts';

export async function folderSource(folder: string): Promise<GoldenSource> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) throw new FileError(`There is no folder ${folder}; name one that holds golden cases.`);
  if (!found.isDirectory()) {
    throw new FileError(`${folder} is a file; name the folder that holds the golden cases.`);
  }
  return {
    name: folder,
    async list() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
    },
    read: async (path) => new Uint8Array(await readFile(join(folder, ...path.split('/')))),
  };
}
