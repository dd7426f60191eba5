// ONNX Runtime's own file with the faster kernel: what changed in it, and whether it computes the same.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { moduleRuntime } from '../../engine/onnx/wasm/index.ts';
import type { OrtModule } from '../../engine/onnx/wasm/module.ts';
import { hasRelaxedSimd } from '../../engine/onnx/wasm/relaxedSimd.ts';
import { runOnce } from '../../engine/primitiveCheck.ts';
import { referenceEngine } from '../../engine/reference/referenceEngine.ts';
import * as g from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32, sizeOf } from '../../lib/tensor.ts';
import { kernelSignature } from './matrixKernel.ts';
import { allowRelaxedSimd, publishedFile, relaxedSimdFile } from './relaxedSimdFile.ts';
import { relaxMatrixKernels } from './relaxMatrixKernels.ts';
import { bodyOf, readModule } from './wasmBinary.ts';

const cache = `${import.meta.dirname}/../../../.cache/relaxed-simd`;
const published = new Uint8Array(readFileSync(publishedFile()));

beforeAll(allowRelaxedSimd);

describe('relaxMatrixKernels', () => {
  const before = readModule(published);
  const relaxed = relaxMatrixKernels(published);
  const after = readModule(relaxed);

  it('makes a module that is valid where the probe says that relaxed SIMD is there', () => {
    expect(hasRelaxedSimd()).toBe(true);
    expect(WebAssembly.validate(relaxed)).toBe(true);
  });

  it('changes two functions and keeps their old instructions', () => {
    const changed = before.functions.flatMap((old, i) => {
      const [was, is] = [bodyOf(before, old), bodyOf(after, known(after.functions[i], 'function'))];
      if (Buffer.compare(was, is) === 0) return [];
      expect(Buffer.compare(is.subarray(-1800), was.subarray(-1800))).toBe(0);
      return [is.length - was.length];
    });
    expect(changed).toHaveLength(2);
    const rest = (bytes: Uint8Array, { code }: typeof before) => [
      bytes.subarray(0, code.start),
      bytes.subarray(code.end),
    ];
    expect(
      rest(relaxed, after).map((part, i) => Buffer.compare(part, known(rest(published, before)[i], 'part'))),
    ).toEqual([0, 0]);
  });

  it('refuses a build whose kernels it does not know', () => {
    const other = published.slice();
    const kernel = known(
      before.functions.find(({ signature }) => signature === kernelSignature),
      'kernel',
    );
    other[kernel.body.end - 2] = 0x01;
    expect(() => relaxMatrixKernels(other)).toThrow(
      "ONNX Runtime's matrix kernels were not recognised (1 of 2 found): this is another build than 1.30.0. " +
        'Read its kernels, then name their hashes in relaxMatrixKernels.ts.',
    );
    expect(() => relaxMatrixKernels(published.subarray(0, 5000))).toThrow('The WebAssembly module ends');
    expect(() => relaxMatrixKernels(new TextEncoder().encode('version https://git'))).toThrow(
      'This is no WebAssembly module.',
    );
  });
});

describe('ONNX Runtime with the faster kernel', () => {
  let engine: Engine;
  beforeAll(async () => {
    const wasm = relaxedSimdFile(cache);
    const { default: create } = (await import(publishedFile().replace(/wasm$/, 'mjs'))) as {
      default: (config: object) => Promise<OrtModule>;
    };
    const module = await create({ numThreads: 1, locateFile: () => wasm });
    expect(module._OrtInit(1, 3)).toBe(0);
    engine = onnxEngine(moduleRuntime(module, 1));
  });
  afterAll(() => engine.dispose());

  // Around the tile's 6 rows, the panel's 16 columns and the loop's 4 steps; 130 steps need two passes over the result.
  const shapes = [1, 5, 6, 7, 12, 23].flatMap((rows) =>
    [1, 15, 16, 17, 40].flatMap((columns) => [1, 4, 130].map((inner) => ({ rows, inner, columns }))),
  );
  const kinds = [
    { transposeA: false, transposeB: false },
    { transposeA: false, transposeB: true },
    { transposeA: true, transposeB: false },
  ];
  const wave = (shape: readonly number[], pitch: number) =>
    f32(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(pitch * i)),
    );

  for (const kind of kinds) {
    it(`multiplies matrices of all shapes as the reference does (${JSON.stringify(kind)})`, async () => {
      const feeds: Record<string, ReturnType<typeof f32>> = {};
      const outputs: Record<string, g.Node> = {};
      for (const { rows, inner, columns } of shapes) {
        const name = `${rows}x${inner}x${columns}`;
        const a = wave(kind.transposeA ? [inner, rows] : [rows, inner], 0.7);
        const b = wave(kind.transposeB ? [columns, inner] : [inner, columns], 0.3);
        Object.assign(feeds, { [`${name}a`]: a, [`${name}b`]: b });
        outputs[name] = g.matmul(g.input(`${name}a`, a.shape), g.input(`${name}b`, b.shape), kind);
      }
      const graph = g.graphOf(outputs);
      const got = await runOnce(engine, graph, feeds);
      const want = await runOnce(referenceEngine('f64'), graph, feeds);
      for (const [name, { data }] of Object.entries(want)) {
        data.forEach((value, i) => {
          const found = known(got[name], name).data[i] ?? Number.NaN;
          expect(Math.abs(found - value), `${name} at ${i}`).toBeLessThan(2e-5);
        });
      }
    });
  }

  it('multiplies batches of small matrices', async () => {
    const [q, k] = [wave([3, 13, 24], 0.7), wave([3, 24, 19], 0.3)];
    const graph = g.graphOf({ y: g.matmul(g.input('q', q.shape), g.input('k', k.shape)) });
    const got = await runOnce(engine, graph, { q, k });
    const want = await runOnce(referenceEngine('f64'), graph, { q, k });
    const [found, expected] = [known(got.y, 'y').data, known(want.y, 'y').data];
    expect(Math.max(...Array.from(expected, (value, i) => Math.abs(value - (found[i] ?? 0))))).toBeLessThan(
      5e-6,
    );
  });
});
