// The worker that owns the device: messages go to the trainer, its answers back to the page.
import type { FromWorker, ToWorker } from './protocol.ts';
import { Trainer } from './trainer/trainer.ts';
import { webEnvironment } from './trainer/webEnvironment.ts';

// Built, this file lies in assets/ below the page; in development, anywhere below the root of the server.
const page = new URL(import.meta.env.DEV ? '/' : '../', self.location.href);

const trainer = new Trainer(webEnvironment(page), (message, transfer = []) =>
  self.postMessage(message, { transfer }),
);

// Held as long as this worker lives; the page waits for it to be free.
const lock = `scion-trainer-${crypto.randomUUID()}`;
void navigator.locks?.request(lock, () => {
  self.postMessage({ type: 'alive', lock } satisfies FromWorker);
  return new Promise(() => undefined);
});

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  void trainer.receive(data);
};
