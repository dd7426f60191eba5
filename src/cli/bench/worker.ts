// Scion's engine in a worker of the benchmark's page.
import type { Engine } from '../../engine/engine.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { isSoftware, webRuntime } from '../../engine/onnx/webRuntime.ts';
import { known, sentence } from '../../lib/errors.ts';
import { watchWasmMemory } from '../checks/wasmMemory.ts';
import type { ContestantRequest } from './contestant.ts';
import { watchGpuMemory } from './gpuMemory.ts';
import { operatorTimes } from './operators.ts';
import { startTraining, type Training } from './training.ts';

const wasmBytes = watchWasmMemory();
const gpuBytes = watchGpuMemory();
let engine: Engine | undefined;
let training: Training | undefined;

self.onmessage = async ({ data }: MessageEvent<ContestantRequest>) => {
  try {
    self.postMessage({ result: await answer(data) });
  } catch (error) {
    self.postMessage({ failure: sentence(error) });
  }
};

async function answer(request: ContestantRequest): Promise<unknown> {
  switch (request.kind) {
    case 'open': {
      const { name, batch, threads } = request;
      training = await startTraining(async () => {
        engine = onnxEngine((await webRuntime(name === 'webgpu' ? 'webgpu' : 'wasm', threads)).runtime);
        return engine;
      }, batch);
      return training.opened;
    }
    case 'steps':
      return known(training, 'training').steps(request.count);
    case 'operators':
      return operatorTimes(known(engine, 'engine'));
    case 'adapter': {
      const adapter = await navigator.gpu?.requestAdapter();
      if (!adapter) return 'none';
      return isSoftware(adapter) ? 'software' : 'hardware';
    }
    case 'peak':
      return wasmBytes() + gpuBytes();
    default:
      return request satisfies never;
  }
}
