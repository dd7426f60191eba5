import { afterEach, describe, expect, it, vi } from 'vitest';
import { usableThreads, wasmWords, webRuntime } from './webRuntime.ts';

afterEach(() => vi.unstubAllGlobals());

describe('usableThreads', () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 4],
    [6, 4],
    [12, 6],
    [64, 8],
  ])('of %i logical cores takes %i', (cores, threads) => {
    expect(usableThreads(cores)).toBe(threads);
  });
});

describe('wasmWords', () => {
  it('calls one thread a problem and several a fact', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    expect(wasmWords(1, null)).toEqual({
      note: 'This page is not cross-origin isolated, so WebAssembly has one thread and training will be slow.',
      remark: null,
    });
    vi.stubGlobal('crossOriginIsolated', true);
    expect(wasmWords(1, 'This browser offers no WebGPU adapter').note).toBe(
      'This browser offers no WebGPU adapter. This machine has one processor core, so training will be slow.',
    );
    expect(wasmWords(4, 'This browser offers no WebGPU adapter')).toEqual({
      note: null,
      remark: 'This browser offers no WebGPU adapter, so Scion computes on the processor with 4 threads.',
    });
    expect(wasmWords(4, null)).toEqual({ note: null, remark: null });
  });
});

describe('webRuntime', () => {
  it('refuses WebGPU in a sentence where there is no adapter', async () => {
    vi.stubGlobal('navigator', { hardwareConcurrency: 2, gpu: { requestAdapter: async () => null } });
    await expect(webRuntime('webgpu')).rejects.toMatchObject({
      code: 'no-webgpu',
      message: 'This browser offers no WebGPU adapter; choose WebAssembly, or turn on hardware acceleration.',
    });
  });
});
