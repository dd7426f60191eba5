// Vite plugin: builds the offline worker beside the page, with the list of all files of the build and their hashes in front.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { assert } from '../../lib/errors.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { OfflineFile } from '../../workers/offline/offlineFile.ts';
import { offlineUse } from './offlineUse.ts';

/** Beside the page, so that the page's whole folder is in its scope. */
const workerFile = 'offline.js';
const source = new URL('../../workers/offline.worker.ts', import.meta.url).pathname;

export function offline(): Plugin {
  let folder = '';
  return {
    name: 'offline',
    apply: 'build',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: source, fileName: workerFile });
    },
    async writeBundle(_, bundle) {
      const worker = bundle[workerFile];
      assert(
        worker?.type === 'chunk' && worker.imports.length === 0 && worker.exports.length === 0,
        () => 'the offline worker must be one plain script',
      );
      const files = await listFiles(folder);
      const code = await readFile(join(folder, workerFile), 'utf8');
      await writeFile(join(folder, workerFile), `const offlineFiles=${JSON.stringify(files)};\n${code}`);
    },
  };
}

async function listFiles(folder: string): Promise<OfflineFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => path !== workerFile)
    .sort();
  return Promise.all(
    paths.map(async (path) => ({
      path,
      hash: sha256Hex(await readFile(join(folder, path))),
      use: offlineUse(path),
    })),
  );
}
