// Gives tests a worker to talk to: `ask` sends a request to the checks and waits for the answer.
import type { Answer, CheckRequest } from './protocol.ts';

declare global {
  interface Window {
    /** Answers with what the check returned; rejects with its sentence. A new device needs `restart`. */
    ask(request: CheckRequest): Promise<unknown>;
    /** Ends the worker, and with it the runtime and its memory. */
    restart(): void;
  }
}

let worker = start();

function start(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}

window.ask = (request) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) =>
      'failure' in data ? reject(new Error(data.failure)) : resolve(data.result);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(request);
  });

window.restart = () => {
  worker.terminate();
  worker = start();
};
