// How much memory a page holds in WebGPU buffers: their making and destroying is watched.

/** Call before any buffer is made. The answer gives the most bytes that lived at a time. */
export function watchGpuMemory(): () => number {
  if (typeof GPUDevice === 'undefined') return () => 0;
  let [held, peak] = [0, 0];
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    held += buffer.size;
    peak = Math.max(peak, held);
    const { destroy } = buffer;
    let alive = true;
    buffer.destroy = function (this: GPUBuffer) {
      if (alive) held -= this.size;
      alive = false;
      return destroy.call(this);
    };
    return buffer;
  };
  return () => peak;
}
