import { afterEach, describe, expect, it, vi } from 'vitest';
import { usableThreads, wasmNote, webRuntime } from './webRuntime.ts';

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

describe('wasmNote', () => {
  it('says what is missing, and nothing when nothing is', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    expect(wasmNote(1, null)).toBe(
      'This page is not cross-origin isolated, so WebAssembly has one thread and training will be slow.',
    );
    vi.stubGlobal('crossOriginIsolated', true);
    expect(wasmNote(1, 'This browser offers no WebGPU adapter')).toBe(
      'This browser offers no WebGPU adapter. This machine has one processor core, so training will be slow.',
    );
    expect(wasmNote(4, 'This browser offers no WebGPU adapter')).toBe(
      'This browser offers no WebGPU adapter, so Scion computes on the processor with 4 threads.',
    );
    expect(wasmNote(4, null)).toBeNull();
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
