// Gives ONNX Runtime's WebAssembly the matrix kernel of matrixKernel.ts. Only two functions change, and only those that
// were looked at: the kernels are found by their signature and known by the hash of their bodies.
import { createHash } from 'node:crypto';
import { type KernelMode, kernelSignature, withFastPath } from './matrixKernel.ts';
import { bodyOf, readModule, replaceBodies, type WasmFunction, type WasmModule } from './wasmBinary.ts';

/** SHA-256 of the kernels' bodies in ort-wasm-simd-threaded.wasm of onnxruntime-web 1.30.0; its other builds have the same. */
const knownKernels: Readonly<Record<string, KernelMode>> = {
  f7728808b5f87253962b9f639f830459c0961fbc2cd2f8463534e97ae5a7e534: 'zero',
  '9e72cc3a5fb5a445d440bf86c3de4b8bb338ee3773f763c730af6227034c8f08': 'add',
};

/** @throws Error when the file is another build than the known one; the old file then still does the work */
export function relaxMatrixKernels(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const module = readModule(file);
  const kernels = module.functions.flatMap((candidate) => {
    if (candidate.signature !== kernelSignature) return [];
    const mode = knownKernels[bodyHash(module, candidate)];
    return mode ? [{ candidate, mode }] : [];
  });
  const modes = kernels.map(({ mode }) => mode).sort();
  if (modes.join() !== 'add,zero') {
    throw new Error(
      `ONNX Runtime's matrix kernels were not recognised (${modes.length} of 2 found): this is another build than ` +
        '1.30.0. Read its kernels, then name their hashes in relaxMatrixKernels.ts.',
    );
  }
  const bodies = kernels.map(
    ({ candidate, mode }) =>
      [candidate.index, withFastPath(bodyOf(module, candidate), candidate.index, mode)] as const,
  );
  return replaceBodies(module, new Map(bodies));
}

export function bodyHash(module: WasmModule, candidate: WasmFunction): string {
  return createHash('sha256').update(bodyOf(module, candidate)).digest('hex');
}
