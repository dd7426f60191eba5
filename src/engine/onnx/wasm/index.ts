// ONNX Runtime's CPU kernels in WebAssembly as a runtime of the engine.
import type { OrtRuntime } from '../runtime.ts';
import { type OrtModule, ortModule } from './module.ts';
import { wasmSession } from './session.ts';
import { WasmTensor } from './tensor.ts';

/** @param threads more than one needs a cross-origin isolated page */
export async function wasmDevice(threads: number): Promise<OrtRuntime> {
  return moduleRuntime(await ortModule(threads), threads);
}

/** Of a module that was loaded already. */
export function moduleRuntime(module: OrtModule, threads: number): OrtRuntime {
  const tensor: OrtRuntime['host'] = (type, data, dims) => WasmTensor.from(module, type, data, dims);
  return {
    id: 'onnx',
    description: `ONNX Runtime, WebAssembly, ${threads} thread${threads > 1 ? 's' : ''}`,
    createSession: (model) => wasmSession(module, model),
    host: tensor,
    upload: tensor,
    writesInto: true,
    anyInputs: true,
    // The module goes with its worker; it cannot be unloaded before.
    async dispose() {},
  };
}
