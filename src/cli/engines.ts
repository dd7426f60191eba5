// The engines that a command can run on.
import type { Engine } from '../engine/engine.ts';
import { nodeRuntime } from '../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../engine/onnx/onnxEngine.ts';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { UserError } from '../lib/errors.ts';
import { webgpuEngine } from './webgpuEngine.ts';

/** @param threads of the native runtime; 0 lets it choose */
export async function engineNamed(name: string, threads = 0): Promise<Engine> {
  if (name === 'reference') return referenceEngine('f32');
  if (name === 'onnx') return onnxEngine(await nodeRuntime('cpu', threads));
  if (name === 'webgpu') return webgpuEngine(threads);
  throw new UserError(`There is no engine "${name}"; choose reference, onnx or webgpu.`);
}
