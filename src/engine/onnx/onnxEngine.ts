// The ONNX engine: lowers graphs to ONNX and runs them with ONNX Runtime, on the CPU or through WebGPU. The same code
// serves the browser and Node; what differs between them is the runtime record.
import { encodeOnnx } from '../../formats/onnxModel.ts';
import { checkFeed } from '../../graph/evaluate.ts';
import { flattenConcats } from '../../graph/flattenConcats.ts';
import type { Graph, Node } from '../../graph/graph.ts';
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
import { type DeviceTensor, type Engine, type Feeds, isDeviceTensor, type Program } from '../engine.ts';
import { type Guard, guardOf } from './guard.ts';
import { deviceTensor, hostTensor } from './hostTensor.ts';
import { lowerToOnnx } from './lower.ts';
import { type OpenedModel, openModel } from './openModel.ts';
import type { OrtRuntime, RuntimeTensor } from './runtime.ts';

class OnnxTensor implements DeviceTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly value: RuntimeTensor;
  constructor(value: RuntimeTensor, dtype: DType, shape: Shape) {
    this.value = value;
    this.dtype = dtype;
    this.shape = shape;
  }
  async read(): Promise<Tensor> {
    const data = await this.value.getData();
    return { dtype: this.dtype, shape: this.shape, data: data as TensorData };
  }
  dispose(): void {
    release(this.value);
  }
}

/** Arrays of JavaScript are the collector's, and may be shared with whoever read them. */
function release(tensor: RuntimeTensor): void {
  if (tensor.location !== 'cpu') tensor.dispose();
}

// Results up to this size come back to the host at once: losses and norms are read every step.
const smallBytes = 1024;

/** An engine that can also run a finished ONNX file, as any program with ONNX Runtime would. */
export interface OnnxEngine extends Engine {
  openModel(file: Uint8Array): Promise<OpenedModel>;
}

export function onnxEngine(runtime: OrtRuntime): OnnxEngine {
  const guarded = guardOf(runtime.lost);
  // ONNX Runtime's web build runs one session at a time, so all runs of this engine wait in one line.
  let line: Promise<unknown> = Promise.resolve();
  const inLine: InLine = (work) => {
    const turn = line.then(work, work);
    line = turn.catch(() => undefined);
    return turn;
  };
  return {
    id: runtime.id,
    description: runtime.description,
    upload: (tensor) => new OnnxTensor(deviceTensor(runtime, tensor), tensor.dtype, tensor.shape),
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
  const simple = simplify({ ...source, outputs: new Map(renamed) });
  const graph = runtime.anyInputs ? flattenConcats(simple) : simple;
  const bytes = encodeOnnx(lowerToOnnx(graph, { name: 'scion' }));
  const session = await guarded('compile this graph', () =>
    runtime.createSession(bytes, largeOutputs(graph)),
  );
  const outputs = [...source.outputs];
  return {
    run: (feeds, into = {}) =>
      inLine(async () => {
        const { inputs, temporary } = inputTensors(runtime, graph, feeds);
        const room = runtime.writesInto ? roomOf(into) : new Map<string, OnnxTensor>();
        const targets = Object.fromEntries([...room].map(([name, { value }]) => [outputName(name), value]));
        const results = await guarded('run this graph', () => session.run(inputs, targets)).finally(() =>
          temporary.forEach(release),
        );
        return Object.fromEntries(
          outputs.map(([name, node]) => {
            const value = known(results[outputName(name)], `output ${name}`);
            return [name, room.get(name) ?? new OnnxTensor(value, node.dtype, node.shape)];
          }),
        );
      }),
    dispose: () => inLine(() => session.release()),
  };
}

function outputName(name: string): string {
  return `${name}.next`;
}

function largeOutputs(graph: Graph): string[] {
  const large = ([, node]: readonly [string, Node]) =>
    sizeOf(node.shape) * bytesPerElement[node.dtype] > smallBytes;
  return [...graph.outputs].filter(large).map(([name]) => name);
}

/** The tensors to feed, and those of them that were made for this run. */
function inputTensors(runtime: OrtRuntime, graph: Graph, feeds: Feeds) {
  const inputs: Record<string, RuntimeTensor> = {};
  const temporary: RuntimeTensor[] = [];
  for (const [name, node] of graph.inputs) {
    const feed = feeds[name];
    checkFeed(name, node, feed);
    if (!feed) continue;
    if (!isDeviceTensor(feed)) {
      const tensor = hostTensor(runtime, feed);
      inputs[name] = tensor;
      temporary.push(tensor);
    } else if (feed instanceof OnnxTensor) inputs[name] = feed.value;
    else throw new DeviceError('runtime', `The feed "${name}" lives on another engine; read it first.`);
  }
  return { inputs, temporary };
}

function roomOf(into: Readonly<Record<string, DeviceTensor>>): Map<string, OnnxTensor> {
  const room = new Map<string, OnnxTensor>();
  for (const [name, tensor] of Object.entries(into)) if (tensor instanceof OnnxTensor) room.set(name, tensor);
  return room;
}
