// Tensors of ours in the memory of the WebGPU device that ONNX Runtime computes on.
import type { TensorConstructor } from 'onnxruntime-common';
import type { Shape, TensorData } from '../../lib/tensor.ts';
import type { RuntimeTensor } from './runtime.ts';

export function uploadToGpu(
  device: GPUDevice,
  Tensor: TensorConstructor,
  type: string,
  data: TensorData,
  dims: Shape,
): RuntimeTensor {
  const bytes = data.byteLength;
  const buffer = device.createBuffer({
    // Copies move whole words; ONNX Runtime reads vectors of four.
    size: Math.max(16, Math.ceil(bytes / 16) * 16),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    mappedAtCreation: true,
  });
  new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(data.buffer, data.byteOffset, bytes));
  buffer.unmap();
  const ArrayType = data.constructor as new (bytes: ArrayBuffer) => Float32Array;
  return Tensor.fromGpuBuffer(buffer, {
    // The options' type is tied to one literal; the runtime checks the name itself.
    dataType: type as 'float32',
    dims,
    download: async () => new ArrayType(await download(device, buffer, bytes)),
    dispose: () => buffer.destroy(),
  });
}

async function download(device: GPUDevice, source: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
  const { size } = source;
  const copy = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, copy, 0, size);
    device.queue.submit([encoder.finish()]);
    await copy.mapAsync(GPUMapMode.READ);
    return copy.getMappedRange().slice(0, bytes);
  } finally {
    copy.destroy();
  }
}
