// The page of the benchmark: one worker, which the command asks through `window.ask`.
import type { ContestantReply, ContestantRequest } from './contestant.ts';

declare global {
  interface Window {
    askContestant(request: ContestantRequest): Promise<unknown>;
  }
}

// The peer has a worker of its own, so that neither loads the other's code.
const ours = () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const peer = () => new Worker(new URL('./jaxWorker.ts', import.meta.url), { type: 'module' });
let worker: Worker | undefined;

window.askContestant = (request) => {
  worker ??= request.kind === 'open' && request.name === 'jax' ? peer() : ours();
  const asked = worker;
  return new Promise((resolve, reject) => {
    asked.onmessage = ({ data }: MessageEvent<ContestantReply>) =>
      'failure' in data ? reject(new Error(data.failure)) : resolve(data.result);
    asked.onerror = (event) => reject(new Error(event.message));
    asked.postMessage(request);
  });
};
