// Tensors in the memory of ONNX Runtime's WebAssembly module.
import { type OnnxType, onnxTypes } from '../../../formats/onnxEnums.ts';
import { DeviceError, known } from '../../../lib/errors.ts';
import { type Shape, sizeOf } from '../../../lib/tensor.ts';
import type { RuntimeData, RuntimeTensor } from '../runtime.ts';
import { copyIn, made, type OrtModule, type Pointer, words } from './module.ts';

/** By ONNX Runtime's names: the element type's number in ONNX, and the array that holds it. */
const elements: Readonly<
  Record<string, { readonly onnx: OnnxType; readonly array: new (bytes: ArrayBuffer) => RuntimeData }>
> = {
  float32: { onnx: 'float', array: Float32Array },
  float16: { onnx: 'float16', array: Uint16Array },
  int32: { onnx: 'int32', array: Int32Array },
  int64: { onnx: 'int64', array: BigInt64Array },
  bool: { onnx: 'bool', array: Uint8Array },
};

export function elementName(number: number): string {
  const found = Object.entries(elements).find(([, { onnx }]) => onnxTypes[onnx] === number);
  return found?.[0] ?? `element type ${number}`;
}

function elementOf(type: string) {
  const element = elements[type];
  if (!element) throw new DeviceError('runtime', `Scion has no arrays for tensors of ${type}.`);
  return element;
}

interface Held {
  /** ONNX Runtime's value. */
  readonly handle: Pointer;
  readonly data: Pointer;
  /** Memory that is ours to free beside the value. */
  readonly owned: Pointer;
}

const inHostMemory = 1;

/** Frees what nobody disposed of. The collector does not see how large it is, so disposing is still the rule. */
const forgotten = new FinalizationRegistry<() => void>((release) => release());

export class WasmTensor implements RuntimeTensor {
  readonly type: string;
  readonly dims: Shape;
  readonly location = 'wasm';
  readonly #module: OrtModule;
  #held: Held | undefined;

  private constructor(module: OrtModule, held: Held, type: string, dims: Shape) {
    this.type = type;
    this.dims = dims;
    this.#module = module;
    this.#held = held;
    forgotten.register(this, () => release(module, held), this);
  }

  static from(module: OrtModule, type: string, data: RuntimeData, dims: Shape): WasmTensor {
    const owned = copyIn(module, data);
    const extents = copyIn(module, Int32Array.from(dims));
    const number = onnxTypes[elementOf(type).onnx];
    const handle = module._OrtCreateTensor(
      number,
      owned,
      data.byteLength,
      extents,
      dims.length,
      inHostMemory,
    );
    module._free(extents);
    return new WasmTensor(
      module,
      { handle: made(module, handle, 'make a tensor'), data: owned, owned },
      type,
      dims,
    );
  }

  /** Around a value that ONNX Runtime made. */
  static made(module: OrtModule, handle: Pointer): WasmTensor {
    const facts = words(module, 4, 'look into a result', (type = 0, data = 0, dims = 0, rank = 0) =>
      module._OrtGetTensorData(handle, type, data, dims, rank),
    );
    const [type = 0, data = 0, dims = 0, rank = 0] = facts;
    const shape = Array.from({ length: rank }, (_, i) => module.getValue(dims + 4 * i, 'i32'));
    module._OrtFree(dims);
    return new WasmTensor(module, { handle, data, owned: 0 }, elementName(type), shape);
  }

  get handle(): Pointer {
    return known(this.#held, 'a tensor that was disposed of').handle;
  }

  async getData(): Promise<RuntimeData> {
    const { data } = known(this.#held, 'a tensor that was disposed of');
    const { array } = elementOf(this.type);
    const bytes = sizeOf(this.dims) * bytesOf(this.type);
    // A copy, and one that is not shared with other threads, whatever the module's memory is.
    return new array(new Uint8Array(this.#module.HEAPU8.subarray(data, data + bytes)).buffer);
  }

  dispose(): void {
    if (!this.#held) return;
    forgotten.unregister(this);
    release(this.#module, this.#held);
    this.#held = undefined;
  }
}

function bytesOf(type: string): number {
  const { array } = elementOf(type);
  return (array as unknown as { readonly BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
}

function release(module: OrtModule, { handle, owned }: Held): void {
  module._OrtReleaseTensor(handle);
  if (owned !== 0) module._free(owned);
}
