// The worker that hosts the weight generator: messages go to its host, its answers back to the page.
import { GeneratorHost } from './generator/generatorHost.ts';
import type { FromGenerator, ToGenerator } from './generatorProtocol.ts';
import { webEnvironment } from './trainer/webEnvironment.ts';

// Built, this file lies in assets/ below the page; in development, anywhere below the root of the server.
const page = new URL(import.meta.env.DEV ? '/' : '../', self.location.href);

const host = new GeneratorHost(webEnvironment(page), (message, transfer = []) =>
  self.postMessage(message, { transfer }),
);

// Held as long as this worker lives; the page waits for it to be free.
const lock = `scion-generator-${crypto.randomUUID()}`;
void navigator.locks?.request(lock, () => {
  self.postMessage({ type: 'alive', lock } satisfies FromGenerator);
  return new Promise(() => undefined);
});

self.onmessage = ({ data }: MessageEvent<ToGenerator>) => {
  void host.receive(data);
};
