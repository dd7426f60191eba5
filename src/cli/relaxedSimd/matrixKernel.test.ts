// The kernel alone, in a module made by hand.
import { beforeAll, describe, expect, it } from 'vitest';
import { known } from '../../lib/errors.ts';
import { type KernelMode, withFastPath } from './matrixKernel.ts';
import { allowRelaxedSimd } from './relaxedSimdFile.ts';
import { number, readModule, replaceBodies, valueType } from './wasmBinary.ts';

beforeAll(allowRelaxedSimd);

/** Stands for the old instructions: adds the number of columns to C[0], and answers with the rows it was given. */
const oldBody = [
  // One local that nobody needs: the fast path's own locals come after it.
  ...[0x01, 0x01, valueType.i32],
  ...[0x20, 2, 0x20, 2, 0x2a, 2, 0, 0x20, 5, 0xb3, 0x92, 0x38, 2, 0],
  ...[0x20, 4, 0x0b],
];

/** One page of memory, and one function of the kernels' signature. */
function handMade(): Uint8Array {
  const section = (id: number, content: readonly number[]) => [id, ...number(content.length), ...content];
  const parameters = [...new Array<number>(8).fill(valueType.i32), valueType.f32];
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, parameters.length, ...parameters, 1, valueType.i32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, 1, 0x66, 0, 0, 1, 0x6d, 2, 0]),
    ...section(10, [1, ...number(oldBody.length), ...oldBody]),
  );
}

type Kernel = (...numbers: number[]) => number;

function kernelOf(mode: KernelMode) {
  const module = readModule(handMade());
  const { index, body } = known(module.functions[0], 'function');
  const patched = withFastPath(module.bytes.subarray(body.start, body.end), index, mode);
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(replaceBodies(module, new Map([[index, patched]]))),
  );
  const memory = (exports.m as WebAssembly.Memory).buffer;
  return { run: exports.f as Kernel, floats: new Float32Array(memory) };
}

describe('the fast path', () => {
  const [lda, ldc, alpha] = [21, 50, 0.5];
  // Positions in floats.
  const [a, b, c] = [0, 200, 2000];

  for (const mode of ['zero', 'add'] as const) {
    for (const inner of [1, 3, 4, 7, 20]) {
      it(`multiplies 6 × ${inner} by ${inner} × 32 (${mode})`, () => {
        const { run, floats } = kernelOf(mode);
        for (let i = 0; i < 2000; i++) floats[i] = Math.sin(i);
        floats.fill(3, c, c + 6 * ldc);
        const rows = run(4 * a, 4 * b, 4 * c, inner, 8, 32, lda, ldc, alpha);
        expect(rows).toBe(6);
        for (let row = 0; row < 6; row++) {
          for (let column = 0; column < ldc; column++) {
            let want = column < 32 && mode === 'zero' ? 0 : 3;
            if (column < 32) {
              const panel = b + Math.floor(column / 16) * 16 * inner + (column % 16);
              for (let k = 0; k < inner; k++) {
                want += alpha * (floats[a + row * lda + k] ?? 0) * (floats[panel + 16 * k] ?? 0);
              }
            }
            expect(floats[c + row * ldc + column]).toBeCloseTo(want, 5);
          }
        }
      });
    }
  }

  it('leaves columns that fill no panel to the old instructions, two rows at a time', () => {
    const { run, floats } = kernelOf('zero');
    expect(run(4 * a, 4 * b, 4 * c, 2, 6, 21, lda, ldc, 1)).toBe(6);
    const touched = [0, 1, 2, 3, 4, 5].map((row) => floats[c + row * ldc + 16]);
    expect(touched).toEqual([5, 0, 5, 0, 5, 0]);
  });

  it('leaves fewer than 6 rows or 16 columns to the old instructions', () => {
    const { run, floats } = kernelOf('zero');
    expect(run(4 * a, 4 * b, 4 * c, 2, 5, 32, lda, ldc, 1)).toBe(5);
    expect(floats[c]).toBe(32);
    expect(run(4 * a, 4 * b, 4 * c, 2, 6, 15, lda, ldc, 1)).toBe(6);
    expect(floats[c]).toBe(32 + 15);
  });
});
