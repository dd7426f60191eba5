// A tensor of ours as ONNX Runtime's, in host memory.
import type { Tensor as OrtTensor } from 'onnxruntime-common';
import type { Tensor, TensorData } from '../../lib/tensor.ts';
import type { OrtRuntime } from './onnxEngine.ts';
import { ortType } from './ortType.ts';

export function hostTensor(runtime: OrtRuntime, tensor: Tensor): OrtTensor {
  const data = tensor.data instanceof Float64Array ? Float32Array.from(tensor.data) : tensor.data;
  // The constructor's overloads cannot be chosen by a union of types.
  const make = runtime.Tensor as new (type: string, data: TensorData, dims: readonly number[]) => OrtTensor;
  return new make(ortType[tensor.dtype], data, tensor.shape);
}
