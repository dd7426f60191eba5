// The peer in a worker of the benchmark's page: the same train step in jax-js, on its WebAssembly back-end.
import { known, sentence } from '../../lib/errors.ts';
import { watchWasmMemory } from '../checks/wasmMemory.ts';
import type { ContestantRequest, Opened, Steps } from './contestant.ts';
import type { JaxTraining } from './jaxStep.ts';
import { timed } from './training.ts';

const wasmBytes = watchWasmMemory();
let training: JaxTraining | undefined;

self.onmessage = async ({ data }: MessageEvent<ContestantRequest>) => {
  try {
    self.postMessage({ result: await answer(data) });
  } catch (error) {
    self.postMessage({ failure: sentence(error) });
  }
};

async function answer(request: ContestantRequest): Promise<Opened | Steps | number> {
  switch (request.kind) {
    case 'open': {
      const start = performance.now();
      // Loaded here, because it makes its memory while it loads.
      const { startJax } = await import('./jaxStep.ts');
      training = await startJax(request.batch);
      await training.step();
      return { description: 'jax-js, WebAssembly', firstStepMs: performance.now() - start };
    }
    case 'steps':
      return timed(request.count, known(training, 'training').step);
    case 'peak':
      return wasmBytes();
    default:
      throw new Error(`jax-js does not run ${request.kind}.`);
  }
}
