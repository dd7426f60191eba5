// Whether the page would open with the network off, and whether a newer version of it waits. Both are answers of the service
// worker, which looks at what it keeps; nobody guesses.
import { create } from 'zustand';
import type { OfflineAnswer, OfflineUse, ToOffline } from '../workers/offline/offlineFile.ts';

export interface OfflineState {
  readonly ready: boolean;
  /** A newer version is complete and takes over when asked. */
  readonly newer: boolean;
}

export const useOffline = create<OfflineState>()(() => ({ ready: false, newer: false }));

export function setOfflineReady(ready: boolean): void {
  useOffline.setState({ ready });
}

/** What this module needs of `navigator.serviceWorker`. */
export type WorkerContainer = Pick<
  ServiceWorkerContainer,
  'register' | 'ready' | 'controller' | 'addEventListener'
>;

export interface OfflineJob {
  readonly container: WorkerContainer;
  /** Address of the worker, which lies beside the page. */
  readonly script: string;
  readonly uses: readonly OfflineUse[];
  /** False where the person asked to save data: what is kept is looked at and nothing is fetched. */
  readonly mayFetch: boolean;
  reload(): void;
}

let waiting: ServiceWorker | null = null;
/** In this tab: where another one asked, a run may be going on here. */
let isAskedFor = false;

/** Registers the worker, lets it keep what is missing, and follows its updates. */
export async function keepOffline(job: OfflineJob): Promise<void> {
  const { container, script, uses, mayFetch, reload } = job;
  let registration: ServiceWorkerRegistration;
  try {
    registration = await container.register(script, { updateViaCache: 'none' });
  } catch {
    return; // Private windows and plain http refuse it: the page works, and says nothing of offline.
  }
  container.addEventListener('controllerchange', () => {
    if (isAskedFor) reload();
  });
  followUpdates(registration, container);
  const { active } = await container.ready;
  if (!active) return;
  const { missing } = await ask(active, { kind: mayFetch ? 'fill' : 'look', uses });
  setOfflineReady(missing.length === 0);
}

function followUpdates(registration: ServiceWorkerRegistration, container: WorkerContainer): void {
  const offer = (worker: ServiceWorker | null) => {
    // Without a controller this is the first version, not a newer one.
    if (!worker || !container.controller) return;
    waiting = worker;
    useOffline.setState({ newer: true });
  };
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed') offer(installing);
    });
  });
}

/** Lets the newer version take over; the page reloads once it has. */
export function takeNewerVersion(): void {
  const message: ToOffline = { kind: 'takeOver' };
  if (!waiting) return;
  isAskedFor = true;
  waiting.postMessage(message);
}

function ask(worker: ServiceWorker, message: ToOffline): Promise<OfflineAnswer> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<OfflineAnswer>) => {
      port1.close();
      resolve(data);
    };
    worker.postMessage(message, [port2]);
  });
}

/** What the whole job needs with this engine in this browser. */
export function neededUses(engine: string): readonly OfflineUse[] {
  if (!/webgpu/i.test(engine)) return ['shell', 'main'];
  return ['shell', 'main', 'Suspending' in WebAssembly ? 'jspi' : 'asyncify'];
}
