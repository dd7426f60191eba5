// ONNX Runtime on Node: native CPU kernels, or its WebGPU execution provider where a Vulkan driver exists.
import type { InferenceSession } from 'onnxruntime-common';
import { arrayTensor, ortSession } from './ortSession.ts';
import type { OrtRuntime } from './runtime.ts';

/** @param threads threads of one operator; 0 lets the runtime choose */
export async function nodeRuntime(device: 'cpu' | 'webgpu' = 'cpu', threads = 0): Promise<OrtRuntime> {
  const ort = await import('onnxruntime-node');
  const options: InferenceSession.SessionOptions = {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
    // The warning about nodes placed on the CPU is expected for shape arithmetic.
    logSeverityLevel: 3,
  };
  return {
    id: device === 'cpu' ? 'onnx' : 'webgpu',
    description: `ONNX Runtime ${ort.env.versions.node ?? ''} on Node, ${device === 'cpu' ? 'CPU' : 'WebGPU'}`,
    createSession: async (model) => ortSession(await ort.InferenceSession.create(model, options)),
    host: (type, data, dims) => arrayTensor(ort.Tensor, type, data, dims),
    upload: (type, data, dims) => arrayTensor(ort.Tensor, type, data, dims),
    writesInto: device === 'cpu',
    anyInputs: device === 'cpu',
    async dispose() {},
  };
}
