// Archives that are written here are read back by the reader of PyTorch files, and by unzip where there is one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blobSource } from './byteSource.ts';
import { readStored, readZipDirectory } from './zipArchive.ts';
import { writeZip } from './zipWrite.ts';

const records = [
  { name: 'model/ümlaut.txt', content: new Blob(['grafted']) },
  { name: 'model/empty', content: new Blob([]) },
  { name: 'model/two parts', content: new Blob([Uint8Array.of(0, 255), 'and text']) },
];

it('reads back what it wrote, with checksums', async () => {
  const source = blobSource(await writeZip(records), 'a.zip');
  const directory = await readZipDirectory(source);
  expect([...directory.keys()]).toEqual(records.map(({ name }) => name));
  for (const { name, content } of records) {
    const entry = directory.get(name);
    if (!entry) throw new Error(`${name} is missing`);
    expect(await readStored(source, entry)).toEqual(new Uint8Array(await content.arrayBuffer()));
  }
});

it('writes the same bytes for the same records', async () => {
  const [a, b] = [await writeZip(records), await writeZip(records)];
  expect(await a.arrayBuffer()).toEqual(await b.arrayBuffer());
});

it('is sound to Python’s zipfile, where there is Python', async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'scion-zip-'));
  try {
    const path = join(folder, 'a.zip');
    writeFileSync(path, new Uint8Array(await (await writeZip(records)).arrayBuffer()));
    const script = `import zipfile; z = zipfile.ZipFile(${JSON.stringify(path)}); print(z.testzip(), len(z.namelist()))`;
    let printed: string;
    try {
      printed = execFileSync(process.env.PYTHON ?? 'python3', ['-c', script], { encoding: 'utf8' });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return test.skip();
      throw error;
    }
    expect(printed.trim()).toBe('None 3');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
