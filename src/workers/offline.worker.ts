// The service worker: opens the page without a network. The build writes the list of files in front of it. It takes a page
// over only where none was controlled before; a new version waits until a person asks for it.
import { Keeper } from './offline/keeper.ts';
import type { OfflineAnswer, OfflineFile, ToOffline } from './offline/offlineFile.ts';

declare const self: ServiceWorkerGlobalScope;
declare const offlineFiles: readonly OfflineFile[];

const cacheName = 'scion-files';

let made: Promise<Keeper> | undefined;

function keeper(): Promise<Keeper> {
  made ??= caches.open(cacheName).then(
    (cache) =>
      new Keeper(offlineFiles, {
        cache,
        fetch: (request, init) => fetch(request, init),
        scope: new URL(self.registration.scope),
      }),
  );
  return made;
}

self.addEventListener('install', (event) => {
  event.waitUntil(keeper().then((files) => files.install()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const message: ToOffline = event.data;
  event.waitUntil(received(message, event.ports[0]));
});

async function received(message: ToOffline, port: MessagePort | undefined): Promise<void> {
  if (message.kind === 'takeOver') return self.skipWaiting();
  const files = await keeper();
  if (message.kind === 'fill') {
    await files.fill(message.uses);
    // Other tabs may still be of the version before.
    if ((await self.clients.matchAll({ type: 'window' })).length < 2) await files.tidy();
  }
  const answer: OfflineAnswer = { missing: await files.missing(message.uses) };
  port?.postMessage(answer);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  event.respondWith(
    keeper().then((files) =>
      files.concerns(request) ? files.answer(request, (work) => event.waitUntil(work)) : fetch(request),
    ),
  );
});
