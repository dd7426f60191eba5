// Runs a finished ONNX file as a stock user would: the bytes go to the runtime, nothing of the graph that made them does.
import type { Tensor as OrtTensor } from 'onnxruntime-common';
import { DeviceError } from '../../lib/errors.ts';
import { type DType, f32, i32, type Tensor } from '../../lib/tensor.ts';
import type { Guard } from './guard.ts';
import { hostTensor } from './hostTensor.ts';
import type { InLine, OrtRuntime } from './onnxEngine.ts';

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
  const session = await guarded('open this file', () => runtime.createSession(file, runtime.sessionOptions));
  const wide = new Set(
    session.inputMetadata.flatMap((input) => (input.isTensor && input.type === 'int64' ? [input.name] : [])),
  );
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (feeds) =>
      inLine(async () => {
        const inputs = Object.fromEntries(
          Object.entries(feeds).map(([name, feed]) => [
            name,
            wide.has(name) ? wideTensor(runtime, feed) : hostTensor(runtime, feed),
          ]),
        );
        const results = await guarded('run this file', () => session.run(inputs));
        const read = Object.entries(results).map(
          async ([name, value]) => [name, await readValue(name, value)] as const,
        );
        return Object.fromEntries(await Promise.all(read));
      }),
    dispose: () => inLine(() => session.release()),
  };
}

function wideTensor(runtime: OrtRuntime, { data, shape }: Tensor): OrtTensor {
  return new runtime.Tensor('int64', BigInt64Array.from(data, BigInt), shape);
}

async function readValue(name: string, value: OrtTensor): Promise<Tensor> {
  const data = await value.getData();
  if (data instanceof Float32Array) return f32(value.dims, data);
  if (data instanceof Int32Array) return i32(value.dims, data);
  const readable: readonly DType[] = ['f32', 'i32'];
  throw new DeviceError(
    'runtime',
    `The output "${name}" is ${value.type}; Scion reads ${readable.join(' and ')}.`,
  );
}
