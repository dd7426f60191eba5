// The WebGPU builds of ONNX Runtime Web that Scion ships, and where their WebAssembly lies. The bundler copies the named files
// beside the code, so that they are found in development, in a preview and under any base path, without a network.
import asyncifyModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiModule from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';

/**
 * The native WebGPU provider. With JavaScript promise integration (Chromium) the runtime waits for the device at no
 * cost; elsewhere the larger build does it by unwinding the stack.
 */
export async function webgpuBuild() {
  const suspends = 'Suspending' in WebAssembly;
  const ort = suspends ? await import('onnxruntime-web/jspi') : await import('onnxruntime-web/webgpu');
  // One thread: what is left on the CPU is a handful of scalars.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = suspends ? paths(jspiModule, jspiWasm) : paths(asyncifyModule, asyncifyWasm);
  return ort;
}

/** Absolute addresses: the runtime's threads are started from another base than this file's. */
function paths(mjs: string, wasm: string) {
  return { mjs: absolute(mjs), wasm: absolute(wasm) };
}

function absolute(url: string): string {
  return new URL(url, import.meta.url).href;
}
