// A record store in a folder, for jobs without a browser: each record is one file, replaced by renaming.
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byName, type RecordInfo, type RecordStore } from '../storage/recordStore.ts';

const ending = '.record';

export async function fileStore(folder: string): Promise<RecordStore> {
  await mkdir(folder, { recursive: true });
  const pathOf = (name: string) => join(folder, `${encodeURIComponent(name)}${ending}`);
  return {
    async write(name, bytes) {
      // Two commands side by side may write the same record.
      const unfinished = `${pathOf(name)}.${process.pid}.new`;
      const file = await open(unfinished, 'w');
      try {
        await file.writeFile(bytes);
        await file.sync(); // the bytes must be on the disk before the name is
      } finally {
        await file.close();
      }
      await rename(unfinished, pathOf(name));
    },
    async read(name) {
      try {
        return new Uint8Array(await readFile(pathOf(name)));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async list() {
      const records: RecordInfo[] = [];
      for (const fileName of await readdir(folder)) {
        if (!fileName.endsWith(ending)) continue;
        const { size, mtimeMs } = await stat(join(folder, fileName));
        const name = decodeURIComponent(fileName.slice(0, -ending.length));
        records.push({ name, bytes: size, modified: mtimeMs });
      }
      return records.sort(byName);
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
