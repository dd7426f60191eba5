import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { OfflineAnswer, ToOffline } from '../workers/offline/offlineFile.ts';
import { keepOffline, neededUses, takeNewerVersion, useOffline, type WorkerContainer } from './offline.ts';

/** Workers and their registration as far as the page sees them; `missing` is what they answer. */
class FakeWorker extends EventTarget {
  readonly heard: ToOffline[] = [];
  state: ServiceWorkerState = 'installing';
  missing: readonly string[] = [];
  postMessage(message: ToOffline, ports: readonly MessagePort[] = []): void {
    this.heard.push(message);
    ports[0]?.postMessage({ missing: this.missing } satisfies OfflineAnswer);
  }
}

class FakeRegistration extends EventTarget {
  active = new FakeWorker();
  installing: FakeWorker | null = null;
  waiting: FakeWorker | null = null;
}

class FakeContainer extends EventTarget {
  readonly registration = new FakeRegistration();
  controller: FakeWorker | null = null;
  readonly ready = Promise.resolve(this.registration);
  register = async () => this.registration;
}

function jobFor(container: FakeContainer, mayFetch = true) {
  const reload = vi.fn();
  // A browser's own classes cannot be made by hand.
  const seen = container as unknown as WorkerContainer;
  return { container: seen, script: 'offline.js', uses: ['shell', 'main'] as const, mayFetch, reload };
}

beforeEach(() => useOffline.setState({ ready: false, newer: false }));

describe('the page and its offline worker', () => {
  it('is ready when nothing is missing, and not before', async () => {
    const container = new FakeContainer();
    container.registration.active.missing = ['models/base'];
    await keepOffline(jobFor(container));
    expect(useOffline.getState().ready).toBe(false);
    container.registration.active.missing = [];
    await keepOffline(jobFor(container));
    expect(useOffline.getState().ready).toBe(true);
  });

  it('only looks where the person saves data', async () => {
    const container = new FakeContainer();
    await keepOffline(jobFor(container, false));
    expect(container.registration.active.heard.map(({ kind }) => kind)).toEqual(['look']);
  });

  it('says nothing where workers are refused', async () => {
    const container = new FakeContainer();
    container.register = () => Promise.reject(new Error('insecure'));
    await keepOffline(jobFor(container));
    expect(useOffline.getState()).toEqual({ ready: false, newer: false });
  });

  it('offers a newer version and reloads only when it was asked to take over', async () => {
    const container = new FakeContainer();
    container.controller = container.registration.active;
    const job = jobFor(container);
    await keepOffline(job);
    expect(useOffline.getState().newer).toBe(false);
    const next = new FakeWorker();
    container.registration.installing = next;
    container.registration.dispatchEvent(new Event('updatefound'));
    next.state = 'installed';
    next.dispatchEvent(new Event('statechange'));
    expect(useOffline.getState().newer).toBe(true);
    // Another tab took it: this one goes on as it is.
    container.controller = next;
    container.dispatchEvent(new Event('controllerchange'));
    expect(job.reload).not.toHaveBeenCalled();
    takeNewerVersion();
    expect(next.heard).toEqual([{ kind: 'takeOver' }]);
    container.dispatchEvent(new Event('controllerchange'));
    expect(job.reload).toHaveBeenCalledOnce();
  });

  it('takes a first version for what it is', async () => {
    const container = new FakeContainer();
    container.registration.waiting = new FakeWorker();
    await keepOffline(jobFor(container));
    expect(useOffline.getState().newer).toBe(false);
  });

  it('needs the runtime for WebGPU only where WebGPU computes', () => {
    expect(neededUses('ONNX Runtime, WebAssembly')).toEqual(['shell', 'main']);
    expect(neededUses('ONNX Runtime, WebGPU')).toHaveLength(3);
  });
});
