// The trainer's place in the browser: ONNX Runtime Web, files beside the page, the origin-private file system.
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { type WebRuntime, webRuntime } from '../../engine/onnx/webRuntime.ts';
import { FileError, sentence } from '../../lib/errors.ts';
import { openOpfs } from '../../storage/opfs.ts';
import type { EngineChoice } from '../protocol.ts';
import type { StartedEngine, TrainerEnvironment } from './environment.ts';

/** @param page address of the folder that the page is served from */
export function webEnvironment(page: URL): TrainerEnvironment {
  return {
    startEngine,
    read: (path) => readFile(new URL(path, page)),
    openStore: () => openOpfs('runs'),
    nextTask: nextTask(),
    // Reaches the page as an error of the worker, which stops it.
    giveUp: reportError,
  };
}

async function startEngine(choice: EngineChoice): Promise<StartedEngine> {
  const { runtime, parallel, note, remark } = await startRuntime(choice);
  return { engine: onnxEngine(runtime), parallel, note, remark };
}

/** Computing slowly is better than not at all: without WebGPU, whatever the reason, WebAssembly does it. */
async function startRuntime(choice: EngineChoice): Promise<WebRuntime> {
  try {
    return await webRuntime(choice);
  } catch (error) {
    if (choice === 'wasm') throw error;
    const runtime = await webRuntime('wasm');
    return {
      ...runtime,
      note: `WebGPU could not be used, so Scion computes on the processor. ${sentence(error)}`,
    };
  }
}

async function readFile(url: URL): Promise<Uint8Array> {
  const name = url.pathname.split('/').at(-1);
  const response = await fetch(url).catch((cause) => {
    throw new FileError(`${name} could not be fetched; check the connection and reload the page.`, {
      cause,
      action: 'retry',
    });
  });
  if (!response.ok) {
    throw new FileError(`${name} could not be fetched: the server answered ${response.status}.`, {
      action: 'retry',
    });
  }
  // A server of single-page programs answers what it lacks with the page.
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    throw new FileError(`${name} could not be fetched: the server has no such file.`, { action: 'retry' });
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** A message to oneself: unlike a timer, it is not held back when tasks follow closely or the page is hidden. */
function nextTask(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
