// Runs engine checks in a dedicated worker, where the product runs its engines too.
import { ditProblem, smallDit } from '../../src/cli/checks/smallDit.ts';
import { losses, oneStep } from '../../src/cli/checks/trajectory.ts';
import { watchWasmMemory } from '../../src/cli/checks/wasmMemory.ts';
import { findCases } from '../../src/cli/golden/findCases.ts';
import { type CaseResult, runGolden } from '../../src/cli/golden/runGolden.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { onnxEngine } from '../../src/engine/onnx/onnxEngine.ts';
import { type WebRuntime, webRuntime } from '../../src/engine/onnx/webRuntime.ts';
import { checkPrimitives } from '../../src/engine/primitiveCheck.ts';
import { referenceEngine } from '../../src/engine/reference/referenceEngine.ts';
import { DeviceError, known, sentence } from '../../src/lib/errors.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { servedSource } from './goldenFiles.ts';
import type { CheckDevice, CheckRequest, GoldenSet, OpenReply } from './protocol.ts';

const wasmBytes = watchWasmMemory();
// Software GPUs take milliseconds a kernel, so the browser trains one block.
const problem = ditProblem({ ...smallDit, depth: 1 }, 2);
const tiny = ditProblem({ ...smallDit, depth: 1, patchSize: 4, width: 16, learnSigma: false }, 1);
let engine: Engine | undefined;
let web: WebRuntime | undefined;
let trainer: Trainer | undefined;

self.onmessage = async ({ data }: MessageEvent<CheckRequest>) => {
  try {
    self.postMessage({ result: await answer(data) });
  } catch (error) {
    self.postMessage({ failure: sentence(error) });
  }
};

async function answer(request: CheckRequest): Promise<unknown> {
  switch (request.kind) {
    case 'open':
      return open(request.device, request.threads);
    case 'primitives':
      return checkPrimitives(opened());
    case 'trajectory':
      return losses(opened(), problem, request.steps);
    case 'longRun':
      return longRun(request.steps);
    case 'goldenCases':
      return (await findCases(servedSource(request.set))).map(({ name }) => name);
    case 'golden':
      return golden(request.set, request.name);
    case 'loseDevice':
      return loseDevice();
    default:
      return request satisfies never;
  }
}

const opened = () => known(engine, 'an open engine');

async function open(device: CheckDevice, threads: number): Promise<OpenReply | null> {
  if (device === 'reference') {
    engine = referenceEngine('f64');
    return { description: engine.description, parallel: false, note: null, remark: null };
  }
  try {
    web = await webRuntime(device, threads);
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'no-webgpu') return null;
    throw error;
  }
  engine = onnxEngine(web.runtime);
  const { parallel, note, remark } = web;
  return { description: engine.description, parallel, note, remark };
}

async function longRun(steps: number): Promise<number> {
  trainer ??= await Trainer.create(opened(), tiny.step, tiny.initial);
  const start = trainer.step;
  for (let i = 0; i < steps; i++) {
    const loss = await oneStep(trainer, tiny, (start + i) % 16);
    if (!Number.isFinite(loss)) throw new Error(`The loss of step ${start + i} is ${loss}.`);
  }
  return wasmBytes();
}

async function golden(set: GoldenSet, name: string): Promise<CaseResult> {
  // «only» finds parts of names too.
  for await (const result of runGolden(servedSource(set), opened(), { only: name })) {
    if (result.name === name) return result;
  }
  throw new Error(`The golden set ${set} has no case ${name}.`);
}

async function loseDevice(): Promise<{ code: string; message: string }> {
  const device = known(web?.runtime.device, 'GPU device');
  trainer ??= await Trainer.create(opened(), tiny.step, tiny.initial);
  await oneStep(trainer, tiny, 0);
  const during = oneStep(trainer, tiny, 1);
  device.destroy();
  try {
    await during;
    // The step may have been read back before the device went; the next one cannot.
    await oneStep(trainer, tiny, 2);
  } catch (error) {
    if (error instanceof DeviceError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: 'nothing was thrown' };
}
