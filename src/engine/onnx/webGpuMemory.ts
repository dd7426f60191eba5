// Tensors in the memory of ONNX Runtime's own WebGPU device: upload, download, and notice when the device is gone.
import type { Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import type { DType, Tensor, TensorData } from '../../lib/tensor.ts';
import { ortType } from './ortType.ts';

export interface GpuMemory {
  readonly device: GPUDevice;
  upload(tensor: Tensor): OrtTensor;
  /** Resolves with the reason when the device is lost; never after it was disposed of. */
  readonly lost: Promise<string>;
}

export function gpuMemory(device: GPUDevice, Tensor: TensorConstructor): GpuMemory {
  return {
    device,
    upload: (tensor) => upload(device, Tensor, tensor),
    lost: device.lost.then(({ message, reason }) => message || reason),
  };
}

function upload(device: GPUDevice, Tensor: TensorConstructor, tensor: Tensor): OrtTensor {
  const data = tensor.data instanceof Float64Array ? Float32Array.from(tensor.data) : tensor.data;
  const buffer = device.createBuffer({
    // Copies move whole words; ONNX Runtime reads vectors of four.
    size: Math.max(16, Math.ceil(data.byteLength / 16) * 16),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    mappedAtCreation: true,
  });
  new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  buffer.unmap();
  return Tensor.fromGpuBuffer(buffer, {
    dataType: ortType[tensor.dtype],
    dims: tensor.shape,
    // ONNX Runtime's types name the result by the data type, which is not known here.
    download: () => download(device, buffer, tensor.dtype, data.length) as Promise<never>,
    dispose: () => buffer.destroy(),
  });
}

const arrays = { f32: Float32Array, f16: Uint16Array, i32: Int32Array, bool: Uint8Array } as const;

async function download(
  device: GPUDevice,
  source: GPUBuffer,
  dtype: DType,
  length: number,
): Promise<TensorData> {
  const { size } = source;
  const copy = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, copy, 0, size);
    device.queue.submit([encoder.finish()]);
    await copy.mapAsync(GPUMapMode.READ);
    return new arrays[dtype](copy.getMappedRange().slice(0), 0, length);
  } finally {
    copy.destroy();
  }
}
