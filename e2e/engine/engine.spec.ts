// The engines in Chromium, each in a worker: ONNX Runtime on WebAssembly and on WebGPU against the reference engine.
import { expect, type Page, test } from '@playwright/test';
import { largestRelativeGap } from '../../src/cli/checks/trajectory.ts';
import type { PrimitiveResult } from '../../src/engine/primitiveCheck.ts';
import { ask, open } from './engines.ts';
import type { OpenReply } from './protocol.ts';

let reference: number[] | undefined;

test('WebAssembly runs with threads and the faster matrix kernel, and says so', async ({ page }) => {
  const files: string[] = [];
  page.on('request', (request) => files.push(request.url()));
  const reply = await open(page, 'wasm');
  expect(files.filter((url) => url.endsWith('.wasm'))).toEqual([
    expect.stringMatching(/ort-wasm-relaxed-simd-threaded-.+\.wasm$/),
  ]);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(reply).toMatchObject({ parallel: true, note: null });
  expect(reply.description).toMatch(/^ONNX Runtime, WebAssembly, 2 threads$/);
});

for (const { device, kernels, training } of [
  { device: 'wasm', kernels: 5e-6, training: 5e-5 },
  // Driver compilers may contract and reorder; exp and tanh are only as exact as WGSL demands.
  { device: 'webgpu', kernels: 2e-5, training: 5e-4 },
] as const) {
  test(`${device}: every primitive and its gradient agree with the reference`, async ({ page }) => {
    await open(page, device);
    const results = await ask<PrimitiveResult[]>(page, { kind: 'primitives' });
    expect(results.length).toBeGreaterThan(45);
    expect(results.filter(({ error }) => !(error < kernels))).toEqual([]);
  });

  test(`${device}: 30 training steps have the reference's losses`, async ({ page }) => {
    if (!reference) {
      await open(page, 'reference');
      reference = await ask<number[]>(page, { kind: 'trajectory', steps: 30 });
    }
    await open(page, device);
    const got = await ask<number[]>(page, { kind: 'trajectory', steps: 30 });
    const gap = largestRelativeGap(got, reference);
    test.info().annotations.push({ type: 'largest relative gap', description: gap.toExponential(2) });
    expect(gap).toBeLessThan(training);
  });
}

for (const { device, steps } of [
  { device: 'wasm', steps: [200, 1800] },
  // Software GPUs take a hundred times longer a step.
  { device: 'webgpu', steps: [20, 100] },
] as const) {
  test(`${device}: ${steps[0] + steps[1]} training steps leak nothing`, async ({ page }) => {
    // One thread: the browser would wait for ever for waiting threads to count their memory.
    await open(page, device, 1);
    const wasmEarly = await ask<number>(page, { kind: 'longRun', steps: steps[0] });
    const allEarly = await allMemory(page);
    const wasmLate = await ask<number>(page, { kind: 'longRun', steps: steps[1] });
    const allLate = await allMemory(page);
    expect(wasmLate).toBe(wasmEarly);
    // A state vector is 50 KB: one left behind per step would add 90 MB on WebAssembly. GPU buffers are not counted.
    expect((allLate - allEarly) / 2 ** 20).toBeLessThan(10);
  });
}

test('webgpu: a lost device is told from other failures', async ({ page }) => {
  await open(page, 'webgpu');
  expect(await ask(page, { kind: 'loseDevice' })).toEqual({
    code: 'device-lost',
    message: 'The GPU was reset while Scion computed; what was saved is safe.',
  });
});

test('auto prefers WebAssembly to a software GPU and says why', async ({ page }) => {
  await page.goto('/');
  const software = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    return adapter
      ? /swiftshader|llvmpipe/i.test(`${adapter.info.architecture} ${adapter.info.description}`)
      : null;
  });
  test.skip(software !== true, 'this browser offers no software WebGPU adapter');
  const reply = await ask<OpenReply>(page, { kind: 'open', device: 'auto', threads: 2 });
  expect(reply.description).toContain('WebAssembly');
  // Nothing is wrong, so it is no problem.
  expect(reply.note).toBeNull();
  expect(reply.remark).toBe(
    'WebGPU is only emulated in software here, so Scion computes on the processor with 2 threads.',
  );
});

/** Bytes of the page, its workers and their WebAssembly, after a garbage collection. */
function allMemory(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const measure = (performance as { measureUserAgentSpecificMemory?(): Promise<{ bytes: number }> })
      .measureUserAgentSpecificMemory;
    if (!measure) throw new Error('This page cannot measure its memory: it is not cross-origin isolated.');
    return (await measure.call(performance)).bytes;
  });
}
