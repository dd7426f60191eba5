// ONNX Runtime on Node: native CPU kernels, or its WebGPU execution provider where a Vulkan driver exists.
import type { OrtRuntime } from './onnxEngine.ts';

/** @param threads threads of one operator; 0 lets the runtime choose */
export async function nodeRuntime(device: 'cpu' | 'webgpu' = 'cpu', threads = 0): Promise<OrtRuntime> {
  const ort = await import('onnxruntime-node');
  return {
    id: device === 'cpu' ? 'onnx' : 'webgpu',
    description: `ONNX Runtime ${ort.env.versions.node ?? ''} on Node, ${device === 'cpu' ? 'CPU' : 'WebGPU'}`,
    Tensor: ort.Tensor,
    createSession: (model, options) => ort.InferenceSession.create(model, options),
    sessionOptions: {
      executionProviders: [device],
      graphOptimizationLevel: 'all',
      ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
      // The warning about nodes placed on the CPU is expected for shape arithmetic.
      logSeverityLevel: 3,
    },
    writesInto: device === 'cpu',
    async dispose() {},
  };
}
