// WebGPU on Node: on the machine's GPU, or on a software driver where there is none.
import { existsSync } from 'node:fs';
import type { Engine } from '../engine/engine.ts';
import { nodeRuntime } from '../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../engine/onnx/onnxEngine.ts';
import { graphOf, input, mul } from '../graph/index.ts';
import { DeviceError, sentence } from '../lib/errors.ts';
import { scalar } from '../lib/tensor.ts';

/** A Vulkan driver that computes on the CPU, from Debian's chromium. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const gpuDevices = ['/dev/dri', '/dev/nvidia0'];

/** @throws DeviceError when no device answers */
export async function webgpuEngine(threads: number): Promise<Engine> {
  const chosen = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  // The runtime looks for a driver once in a process, so the choice comes before it.
  if (chosen === undefined && !gpuDevices.some(existsSync) && existsSync(softwareDriver)) {
    process.env.VK_ICD_FILENAMES = softwareDriver;
  }
  try {
    const engine = onnxEngine(await nodeRuntime('webgpu', threads));
    await doubleOne(engine);
    return engine;
  } catch (cause) {
    throw new DeviceError(
      'no-webgpu',
      `WebGPU found no device here; install libvulkan1 and a driver for the GPU, or chromium for its software driver. ${sentence(cause)}`,
      { cause },
    );
  }
}

/** Only a run shows whether there is a device. */
async function doubleOne(engine: Engine): Promise<void> {
  const program = await engine.compile(graphOf({ y: mul(input('x', []), 2) }));
  for (const result of Object.values(await program.run({ x: scalar(1) }))) result.dispose();
  await program.dispose();
}
