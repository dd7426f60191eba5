// What a build emits: the file with the faster kernel, or the published one and a warning that says why.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import { relaxedSimd } from './vitePlugin.ts';

const folder = mkdtempSync(join(tmpdir(), 'relaxed-simd-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function buildWith(cacheFolder: string) {
  const entry = join(folder, 'entry.js');
  writeFileSync(entry, "import url from 'virtual:ort-relaxed-simd.wasm?url';\nconsole.log(url);\n");
  const warnings: string[] = [];
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [relaxedSimd(cacheFolder)],
    build: {
      write: false,
      rolldownOptions: { input: entry, onwarn: ({ message }) => warnings.push(message) },
    },
  });
  const outputs = 'output' in result ? result.output : [];
  return {
    files: outputs.map(({ fileName }) => fileName).filter((name) => name.endsWith('.wasm')),
    warnings,
  };
}

describe('the Vite plugin', () => {
  it('emits the file with the faster kernel', async () => {
    const { files, warnings } = await buildWith(join(folder, 'cache'));
    expect(files).toEqual([expect.stringContaining('ort-wasm-relaxed-simd-threaded')]);
    expect(warnings).toEqual([]);
  });

  it('falls back to the published file and says why', async () => {
    const { files, warnings } = await buildWith(join(folder, 'entry.js'));
    expect(files).toEqual([expect.stringContaining('ort-wasm-simd-threaded')]);
    expect(warnings.join()).toContain(
      'Matrix products in WebAssembly stay at their published speed. ENOTDIR',
    );
  });
});
