// Runs a finished ONNX file as a stock user would: the bytes go to the runtime, nothing of the graph that made them does.
import { DeviceError } from '../../lib/errors.ts';
import { type DType, f32, i32, type Tensor } from '../../lib/tensor.ts';
import type { Guard } from './guard.ts';
import { hostTensor } from './hostTensor.ts';
import type { InLine } from './onnxEngine.ts';
import type { OrtRuntime, RuntimeTensor } from './runtime.ts';

export interface OpenedModel {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** i32 feeds are widened where the file takes int64. Results are floats or integers in host memory. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
}

export async function openModel(
  runtime: OrtRuntime,
  file: Uint8Array,
  { inLine, guarded }: { readonly inLine: InLine; readonly guarded: Guard },
): Promise<OpenedModel> {
  const session = await guarded('open this file', () => runtime.createSession(file, []));
  const wide = new Set([...session.inputs].flatMap(([name, type]) => (type === 'int64' ? [name] : [])));
  return {
    inputNames: [...session.inputs.keys()],
    outputNames: session.outputNames,
    run: (feeds) =>
      inLine(async () => {
        const inputs = Object.fromEntries(
          Object.entries(feeds).map(([name, feed]) => [
            name,
            wide.has(name) ? wideTensor(runtime, feed) : hostTensor(runtime, feed),
          ]),
        );
        const results = await guarded('run this file', () => session.run(inputs, {})).finally(() => {
          for (const input of Object.values(inputs)) if (input.location !== 'cpu') input.dispose();
        });
        const read = Object.entries(results).map(
          async ([name, value]) => [name, await readValue(name, value)] as const,
        );
        return Object.fromEntries(await Promise.all(read));
      }),
    dispose: () => inLine(() => session.release()),
  };
}

function wideTensor(runtime: OrtRuntime, { data, shape }: Tensor): RuntimeTensor {
  return runtime.host('int64', BigInt64Array.from(data, BigInt), shape);
}

async function readValue(name: string, value: RuntimeTensor): Promise<Tensor> {
  const data = await value.getData();
  if (value.location !== 'cpu') value.dispose();
  if (data instanceof Float32Array) return f32(value.dims, data);
  if (data instanceof Int32Array) return i32(value.dims, data);
  const readable: readonly DType[] = ['f32', 'i32'];
  throw new DeviceError(
    'runtime',
    `The output "${name}" is ${value.type}; Scion reads ${readable.join(' and ')}.`,
  );
}
