// The ONNX engine: lowers graphs to ONNX and runs them with ONNX Runtime, on the CPU or through WebGPU. The same code
// serves the browser and Node; what differs between them is the runtime record.
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import { encodeOnnx } from '../../formats/onnxModel.ts';
import { checkFeed } from '../../graph/evaluate.ts';
import type { Graph } from '../../graph/graph.ts';
import { simplify } from '../../graph/simplify.ts';
import { DeviceError, known } from '../../lib/errors.ts';
import {
  bytesPerElement,
  type DType,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorData,
} from '../../lib/tensor.ts';
import {
  type DeviceTensor,
  type Engine,
  type EngineId,
  type Feeds,
  isDeviceTensor,
  type Program,
} from '../engine.ts';
import { type Guard, guardOf } from './guard.ts';
import { hostTensor } from './hostTensor.ts';
import { lowerToOnnx } from './lower.ts';
import { type OpenedModel, openModel } from './openModel.ts';
import type { GpuMemory } from './webGpuMemory.ts';

/** One build of ONNX Runtime on one device. */
export interface OrtRuntime {
  readonly id: EngineId;
  readonly description: string;
  readonly Tensor: TensorConstructor;
  createSession(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  readonly sessionOptions: InferenceSession.SessionOptions;
  /** Whether `run` writes into host arrays handed to it (Node does; the web build copies into new ones). */
  readonly writesInto: boolean;
  /** Present when results stay in GPU buffers. */
  readonly gpu?: GpuMemory;
  dispose(): Promise<void>;
}

class OnnxTensor implements DeviceTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly value: OrtTensor;
  constructor(value: OrtTensor, dtype: DType, shape: Shape) {
    this.value = value;
    this.dtype = dtype;
    this.shape = shape;
  }
  async read(): Promise<Tensor> {
    const data = this.value.location === 'cpu' ? this.value.data : await this.value.getData();
    return { dtype: this.dtype, shape: this.shape, data: data as TensorData };
  }
  dispose(): void {
    if (this.value.location !== 'cpu') this.value.dispose();
  }
}

// Results up to this size come back to the host at once: losses and norms are read every step.
const smallBytes = 1024;

/** An engine that can also run a finished ONNX file, as any program with ONNX Runtime would. */
export interface OnnxEngine extends Engine {
  openModel(file: Uint8Array): Promise<OpenedModel>;
}

export function onnxEngine(runtime: OrtRuntime): OnnxEngine {
  const guarded = guardOf(runtime.gpu?.lost);
  // ONNX Runtime's web build runs one session at a time, so all runs of this engine wait in one line.
  let line: Promise<unknown> = Promise.resolve();
  const inLine: InLine = (work) => {
    const turn = line.then(work, work);
    line = turn.catch(() => undefined);
    return turn;
  };
  const upload = (tensor: Tensor): OnnxTensor => {
    const value = runtime.gpu ? runtime.gpu.upload(tensor) : hostTensor(runtime, tensor);
    return new OnnxTensor(value, tensor.dtype, tensor.shape);
  };
  return {
    id: runtime.id,
    description: runtime.description,
    upload,
    compile: (graph) => inLine(() => compile(runtime, graph, { inLine, guarded })),
    openModel: (file) => inLine(() => openModel(runtime, file, { inLine, guarded })),
    dispose: () => inLine(() => runtime.dispose()),
  };
}

/** Waits for all that was asked before, then does the work. */
export type InLine = <T>(work: () => Promise<T>) => Promise<T>;

async function compile(
  runtime: OrtRuntime,
  source: Graph,
  { inLine, guarded }: { readonly inLine: InLine; readonly guarded: Guard },
): Promise<Program> {
  // A train step gives its new state the names of the old one; an ONNX model needs names of their own.
  const renamed = [...source.outputs].map(([name, node]) => [outputName(name), node] as const);
  const graph = simplify({ ...source, outputs: new Map(renamed) });
  const bytes = encodeOnnx(lowerToOnnx(graph, { name: 'scion' }));
  const options = runtime.gpu
    ? { ...runtime.sessionOptions, preferredOutputLocation: outputLocations(graph) }
    : runtime.sessionOptions;
  const session = await guarded('compile this graph', () => runtime.createSession(bytes, options));
  const outputs = [...source.outputs];
  return {
    run: (feeds, into = {}) =>
      inLine(async () => {
        const inputs = inputTensors(runtime, graph, feeds);
        const targets = fetches(runtime, outputs, into);
        const results = await guarded('run this graph', () =>
          targets ? session.run(inputs, targets) : session.run(inputs),
        );
        return Object.fromEntries(
          outputs.map(([name, node]) => {
            const value = known(results[outputName(name)], `output ${name}`);
            return [name, new OnnxTensor(value, node.dtype, node.shape)];
          }),
        );
      }),
    dispose: () => inLine(() => session.release()),
  };
}

function outputName(name: string): string {
  return `${name}.next`;
}

function outputLocations(graph: Graph): Record<string, 'cpu' | 'gpu-buffer'> {
  return Object.fromEntries(
    [...graph.outputs].map(([name, node]) => {
      const bytes = sizeOf(node.shape) * bytesPerElement[node.dtype];
      return [name, bytes <= smallBytes ? 'cpu' : 'gpu-buffer'];
    }),
  );
}

function inputTensors(runtime: OrtRuntime, graph: Graph, feeds: Feeds): Record<string, OrtTensor> {
  const inputs: Record<string, OrtTensor> = {};
  for (const [name, node] of graph.inputs) {
    const feed = feeds[name];
    checkFeed(name, node, feed);
    if (!feed) continue;
    if (!isDeviceTensor(feed)) inputs[name] = hostTensor(runtime, feed);
    else if (feed instanceof OnnxTensor) inputs[name] = feed.value;
    else throw new DeviceError('runtime', `The feed "${name}" lives on another engine; read it first.`);
  }
  return inputs;
}

/** Where results are to be written, when the runtime can do that and the caller gave room for any. */
function fetches(
  runtime: OrtRuntime,
  outputs: readonly (readonly [string, unknown])[],
  into: Readonly<Record<string, DeviceTensor>>,
): InferenceSession.OnnxValueMapType | undefined {
  if (!runtime.writesInto || Object.keys(into).length === 0) return undefined;
  const targets: Record<string, OrtTensor | null> = {};
  for (const [name] of outputs) {
    const room = into[name];
    targets[outputName(name)] = room instanceof OnnxTensor ? room.value : null;
  }
  return targets as InferenceSession.OnnxValueMapType;
}
