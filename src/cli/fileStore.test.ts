import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeRecordStore } from '../storage/recordStoreLaws.ts';
import { fileStore } from './fileStore.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describeRecordStore('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scion-records-'));
  folders.push(folder);
  return fileStore(folder);
});
