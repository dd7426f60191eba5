// The child process of the benchmark that trains on native ONNX Runtime, apart so that its memory is its own.
import type { Engine } from '../../engine/engine.ts';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { known, sentence } from '../../lib/errors.ts';
import type { ContestantRequest } from './contestant.ts';
import { operatorTimes } from './operators.ts';
import { startTraining, type Training } from './training.ts';

let engine: Engine | undefined;
let training: Training | undefined;

process.on('message', async (request: ContestantRequest) => {
  try {
    process.send?.({ result: await answer(request) });
  } catch (error) {
    process.send?.({ failure: sentence(error) });
  }
});

async function answer(request: ContestantRequest): Promise<unknown> {
  switch (request.kind) {
    case 'open':
      training = await startTraining(async () => {
        engine = onnxEngine(await nodeRuntime('cpu', request.threads));
        return engine;
      }, request.batch);
      return training.opened;
    case 'steps':
      return known(training, 'training').steps(request.count);
    case 'operators':
      return operatorTimes(known(engine, 'engine'));
    case 'adapter':
      return 'none';
    case 'peak':
      // Linux and Windows count in kilobytes.
      return process.resourceUsage().maxRSS * 1024;
    default:
      return request satisfies never;
  }
}
