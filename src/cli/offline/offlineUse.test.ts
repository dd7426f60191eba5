import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scorerFileNames } from '../../metrics/scorerFiles.ts';
import { bundlePaths } from '../../train/bundle.ts';
import { offlineUse } from './offlineUse.ts';

describe('what is kept for use offline', () => {
  it('covers everything that the bundled model reads', () => {
    const data = readdirSync(`public/${bundlePaths.data}`).filter((name) => name !== 'LICENSE');
    const scorer = Object.values(scorerFileNames).map((name) => bundlePaths.models + name);
    const files = [bundlePaths.base, ...scorer, ...data.map((name) => bundlePaths.data + name)];
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(offlineUse(file), file).toBe('main');
    expect(offlineUse('demo/graft.safetensors')).toBe('main');
  });

  it('tells the builds of the runtime apart', () => {
    expect(offlineUse('assets/ort-wasm-simd-threaded-DcHrbrbl.wasm')).toBe('main');
    expect(offlineUse('assets/ort-wasm-simd-threaded-qyIweqWS.mjs')).toBe('shell');
    expect(offlineUse('assets/ort-wasm-simd-threaded.jspi-CZzFqCHi.wasm')).toBe('jspi');
    expect(offlineUse('assets/ort.jspi.min-DfyNdAM3.js')).toBe('jspi');
    expect(offlineUse('assets/ort-wasm-simd-threaded.asyncify-D5D0fo7z.wasm')).toBe('asyncify');
    expect(offlineUse('assets/ort.webgpu.min-GW42PW51.js')).toBe('asyncify');
  });

  it('keeps the shell at once and the rest when it is used', () => {
    expect(offlineUse('index.html')).toBe('shell');
    expect(offlineUse('assets/index-B73FIruL.js')).toBe('shell');
    expect(offlineUse('icons/scion-192.png')).toBe('shell');
    expect(offlineUse('data/emoji/noto.png')).toBe('later');
    expect(offlineUse('screenshot.png')).toBe('later');
  });
});
