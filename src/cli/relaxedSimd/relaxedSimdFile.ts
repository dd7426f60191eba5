// Writes the WebAssembly with the faster matrix kernel beside the project's other caches, once for every version.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { relaxMatrixKernels } from './relaxMatrixKernels.ts';

const published = 'onnxruntime-web/ort-wasm-simd-threaded.wasm';

export function publishedFile(): string {
  return createRequire(import.meta.url).resolve(published);
}

/**
 * The file with relaxed SIMD; it is valid WebAssembly, or there is none.
 * @throws Error with the reason why there is none
 */
export function relaxedSimdFile(cacheFolder: string): string {
  const original = readFileSync(publishedFile());
  const folder = join(
    cacheFolder,
    createHash('sha256').update(original).update(recipe()).digest('hex').slice(0, 16),
  );
  const path = join(folder, 'ort-wasm-relaxed-simd-threaded.wasm');
  if (existsSync(path)) return path;
  const relaxed = relaxMatrixKernels(original);
  allowRelaxedSimd();
  if (!WebAssembly.validate(relaxed)) {
    throw new Error('ONNX Runtime’s WebAssembly is not valid with the faster matrix kernel.');
  }
  mkdirSync(folder, { recursive: true });
  // Another build may be writing the same file; a rename is all or nothing.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, relaxed);
  renameSync(draft, path);
  return path;
}

/** Node 20 knows relaxed SIMD, but behind a flag; later versions have it and ignore the flag. */
export function allowRelaxedSimd(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/** The code that the file is made by. */
function recipe(): string {
  const sources = ['wasmBinary.ts', 'instructions.ts', 'matrixKernel.ts', 'relaxMatrixKernels.ts'];
  return sources.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('');
}
