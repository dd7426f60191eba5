// What the ONNX engine needs of a build of ONNX Runtime on one device. Node, WebGPU and WebAssembly each give one.
import type { Shape, Tensor } from '../../lib/tensor.ts';
import type { EngineId } from '../engine.ts';

/** Element data as ONNX Runtime hands it out. */
export type RuntimeData = Tensor['data'] | BigInt64Array;

/** A tensor of the runtime; ONNX Runtime's own class has this shape. */
export interface RuntimeTensor {
  /** ONNX Runtime's name of the element type: `float32`, `int64`, … */
  readonly type: string;
  readonly dims: Shape;
  /** `cpu` where the data is a JavaScript array that needs no release. */
  readonly location: string;
  getData(): Promise<unknown>;
  dispose(): void;
}

export type RuntimeTensors = Readonly<Record<string, RuntimeTensor>>;

export interface RuntimeSession {
  /** Element types by input name. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputNames: readonly string[];
  /** @param into tensors that outputs of these names are written into; only where the runtime writes into tensors */
  run(inputs: RuntimeTensors, into: RuntimeTensors): Promise<RuntimeTensors>;
  release(): Promise<void>;
}

export interface OrtRuntime {
  readonly id: EngineId;
  readonly description: string;
  /** @param onDevice names of outputs that stay on the device, where that is another place than host memory */
  createSession(model: Uint8Array, onDevice: readonly string[]): Promise<RuntimeSession>;
  /** A tensor in host memory, to be fed once. */
  host(type: string, data: RuntimeData, dims: Shape): RuntimeTensor;
  /** A tensor where the runtime computes. */
  upload(type: string, data: Tensor['data'], dims: Shape): RuntimeTensor;
  readonly writesInto: boolean;
  /** Whether a node may have as many inputs as it likes; a WebGPU kernel binds a handful of buffers. */
  readonly anyInputs: boolean;
  /** The device that WebGPU runs on. */
  readonly device?: GPUDevice;
  /** Resolves with the reason when the device is lost. */
  readonly lost?: Promise<string>;
  dispose(): Promise<void>;
}
