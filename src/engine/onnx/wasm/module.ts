// ONNX Runtime's CPU build as a WebAssembly module, and calls into it: memory, strings and errors.
//
// Why not through ONNX Runtime's JavaScript API: it copies every input into the module's memory and every result into a
// new array on each run. For a train step of 4 million parameters that is 100 MB a step and costs 15 to 30 % of the time,
// most of it in page faults of the new arrays (measured, Chromium 156, 2 threads). These calls are the ones that the API
// makes itself (onnxruntime/wasm/api.h, version 1.30); tensors stay in the module's memory and are written in place.

// The same build with a faster matrix kernel, made by src/cli/relaxedSimd.
import relaxedUrl from 'virtual:ort-relaxed-simd.wasm?url';
import moduleUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { hasRelaxedSimd } from './relaxedSimd.ts';

/** A pointer into the module's memory; 0 is none. */
export type Pointer = number;

interface Emscripten {
  /** A view of the whole memory; a new one after the memory grew, so it is read anew for every use. */
  readonly HEAPU8: Uint8Array<ArrayBufferLike>;
  _malloc(bytes: number): Pointer;
  _free(pointer: Pointer): void;
  getValue(pointer: Pointer, type: 'i32' | '*'): number;
  setValue(pointer: Pointer, value: number, type: 'i32' | '*'): void;
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, pointer: Pointer, bytes: number): void;
  UTF8ToString(pointer: Pointer): string;
}

/** Statuses are 0 where all went well; pointers are 0 where it did not. */
interface OrtApi {
  _OrtInit(threads: number, severity: number): number;
  _OrtGetLastError(code: Pointer, message: Pointer): number;
  _OrtCreateSessionOptions(
    optimisation: number,
    arena: number,
    memoryPattern: number,
    parallel: number,
    profiling: number,
    profilePrefix: Pointer,
    logId: Pointer,
    severity: number,
    verbosity: number,
    optimisedModelPath: Pointer,
  ): Pointer;
  _OrtReleaseSessionOptions(options: Pointer): number;
  _OrtCreateSession(model: Pointer, bytes: number, options: Pointer): Pointer | Promise<Pointer>;
  _OrtReleaseSession(session: Pointer): number;
  _OrtGetInputOutputCount(session: Pointer, inputs: Pointer, outputs: Pointer): number;
  _OrtGetInputOutputMetadata(session: Pointer, index: number, name: Pointer, metadata: Pointer): number;
  _OrtCreateTensor(
    type: number,
    data: Pointer,
    bytes: number,
    dims: Pointer,
    rank: number,
    location: number,
  ): Pointer;
  _OrtReleaseTensor(tensor: Pointer): number;
  _OrtGetTensorData(tensor: Pointer, type: Pointer, data: Pointer, dims: Pointer, rank: Pointer): number;
  _OrtRun(
    session: Pointer,
    inputNames: Pointer,
    inputs: Pointer,
    inputCount: number,
    outputNames: Pointer,
    outputCount: number,
    outputs: Pointer,
    options: Pointer,
  ): number | Promise<number>;
  _OrtFree(pointer: Pointer): number;
}

export type OrtModule = Emscripten & OrtApi;

type Factory = (config: { numThreads: number; locateFile: () => string }) => Promise<OrtModule>;

const errorsOnly = 3;
let loaded: Promise<OrtModule> | undefined;

/** One module serves the whole worker; the first call decides how many threads it has. */
export function ortModule(threads: number): Promise<OrtModule> {
  loaded ??= load(threads);
  return loaded;
}

async function load(threads: number): Promise<OrtModule> {
  const absolute = (url: string) => new URL(url, import.meta.url).href;
  const { default: create }: { default: Factory } = await import(/* @vite-ignore */ absolute(moduleUrl));
  const wasm = absolute(hasRelaxedSimd() ? relaxedUrl : wasmUrl);
  const module = await create({ numThreads: threads, locateFile: () => wasm });
  check(module, module._OrtInit(threads, errorsOnly), 'start');
  return module;
}

/** Room in the module's memory, to be freed by the caller. */
export function allocate(module: OrtModule, bytes: number): Pointer {
  const pointer = module._malloc(Math.max(bytes, 1));
  if (pointer === 0) throw new Error(`out of memory: WebAssembly has no room for ${bytes} bytes`);
  return pointer;
}

export function copyIn(module: OrtModule, data: ArrayBufferView): Pointer {
  const pointer = allocate(module, data.byteLength);
  module.HEAPU8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pointer);
  return pointer;
}

/** A C string, to be freed by the caller. */
export function text(module: OrtModule, value: string): Pointer {
  const bytes = module.lengthBytesUTF8(value) + 1;
  const pointer = allocate(module, bytes);
  module.stringToUTF8(value, pointer, bytes);
  return pointer;
}

export function pointers(module: OrtModule, values: readonly Pointer[]): Pointer {
  const pointer = allocate(module, 4 * values.length);
  values.forEach((value, i) => {
    module.setValue(pointer + 4 * i, value, '*');
  });
  return pointer;
}

/** Calls with room for `count` results of one word each; answers with them. */
export function words(
  module: OrtModule,
  count: number,
  what: string,
  call: (...room: readonly Pointer[]) => number,
): readonly number[] {
  const room = allocate(module, 4 * count);
  try {
    const at = Array.from({ length: count }, (_, i) => room + 4 * i);
    check(module, call(...at), what);
    return at.map((pointer) => module.getValue(pointer, '*'));
  } finally {
    module._free(room);
  }
}

export function check(module: OrtModule, status: number, what: string): void {
  if (status !== 0) fail(module, what);
}

/** A pointer that must not be 0. */
export function made(module: OrtModule, pointer: Pointer, what: string): Pointer {
  if (pointer === 0) fail(module, what);
  return pointer;
}

function fail(module: OrtModule, what: string): never {
  const room = allocate(module, 8);
  module._OrtGetLastError(room, room + 4);
  const message = module.getValue(room + 4, '*');
  const reason = message === 0 ? 'no reason given' : module.UTF8ToString(message);
  module._free(room);
  throw new Error(`${what}: ${reason}`);
}
