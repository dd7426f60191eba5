// A tensor of ours as ONNX Runtime's: element type and data in the form that it takes.
import type { Tensor } from '../../lib/tensor.ts';
import type { OrtRuntime, RuntimeTensor } from './runtime.ts';

const ortType = { f32: 'float32', f16: 'float16', i32: 'int32', bool: 'bool' } as const;

/** Fed once: stays in host memory. */
export function hostTensor(runtime: OrtRuntime, tensor: Tensor): RuntimeTensor {
  return runtime.host(ortType[tensor.dtype], single(tensor), tensor.shape);
}

/** Fed again and again: moves to where the runtime computes. */
export function deviceTensor(runtime: OrtRuntime, tensor: Tensor): RuntimeTensor {
  return runtime.upload(ortType[tensor.dtype], single(tensor), tensor.shape);
}

function single({ data }: Tensor): Tensor['data'] {
  return data instanceof Float64Array ? Float32Array.from(data) : data;
}
