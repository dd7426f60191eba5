import { describe, expect, it } from 'vitest';
import type { FromWorker, ToWorker, TrainerEvent } from './protocol.ts';
import { type TrainerPort, trainerClient } from './trainerClient.ts';

function setUp() {
  const sent: ToWorker[] = [];
  const events: TrainerEvent[] = [];
  const crashes: string[] = [];
  let terminated = 0;
  const port: TrainerPort = {
    postMessage: (message) => sent.push(structuredClone(message)),
    terminate: () => {
      terminated++;
    },
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  const awaited: string[] = [];
  let end: () => void = () => undefined;
  const client = trainerClient(
    port,
    { event: (event) => events.push(event), crashed: (text) => crashes.push(text) },
    (lock) => {
      awaited.push(lock);
      return new Promise((resolve) => {
        end = resolve;
      });
    },
  );
  const answer = (data: FromWorker) => port.onmessage?.({ data } as MessageEvent<FromWorker>);
  const crash = (message: string) => port.onerror?.({ message } as ErrorEvent);
  const letGo = async () => {
    end();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { client, sent, events, crashes, awaited, answer, crash, letGo, terminated: () => terminated };
}

describe('trainerClient', () => {
  it('pairs replies with requests by id, in any order', async () => {
    const { client, sent, answer } = setUp();
    const runs = client.ask({ kind: 'runs' });
    const pause = client.ask({ kind: 'pause' });
    expect(sent.map(({ request }) => request.kind)).toEqual(['runs', 'pause']);
    answer({ type: 'reply', id: sent[1]?.id ?? 0, value: null });
    answer({ type: 'reply', id: sent[0]?.id ?? 0, value: [] });
    expect(await pause).toBeNull();
    expect(await runs).toEqual([]);
  });

  it('turns failures into sentences with their action', async () => {
    const { client, sent, answer } = setUp();
    const job = client.ask({ kind: 'pause' });
    answer({ type: 'failure', id: sent[0]?.id ?? 0, message: 'The disk is full.', action: 'freeSpace' });
    await expect(job).rejects.toMatchObject({
      name: 'UserError',
      message: 'The disk is full.',
      action: 'freeSpace',
    });
  });

  it('hands events on', () => {
    const { events, answer } = setUp();
    answer({ type: 'event', event: { kind: 'status', text: 'Reading', fraction: 0.5 } });
    expect(events).toEqual([{ kind: 'status', text: 'Reading', fraction: 0.5 }]);
  });

  it('ignores answers to nothing', () => {
    const { answer } = setUp();
    expect(() => answer({ type: 'reply', id: 99, value: null })).not.toThrow();
  });

  it('notices a worker that is ended without a word by the lock that it lets go', async () => {
    const { client, crashes, awaited, answer, letGo } = setUp();
    const open = client.ask({ kind: 'runs' });
    answer({ type: 'alive', lock: 'scion-trainer-1' });
    expect(awaited).toEqual(['scion-trainer-1']);
    expect(crashes).toEqual([]);
    await letGo();
    await expect(open).rejects.toThrow('The browser ended the trainer. What was saved is safe.');
    expect(crashes).toHaveLength(1);
  });

  it('says nothing about the lock of a worker that was shut down', async () => {
    const { client, crashes, answer, letGo } = setUp();
    answer({ type: 'alive', lock: 'scion-trainer-1' });
    client.dispose();
    await letGo();
    expect(crashes).toEqual([]);
  });

  it('fails everything once when the worker dies, and every request after', async () => {
    const { client, crashes, crash, terminated } = setUp();
    const first = client.ask({ kind: 'runs' });
    const second = client.ask({ kind: 'pause' });
    crash('out of memory');
    crash('again');
    const sentence = 'The trainer stopped unexpectedly (out of memory). What was saved is safe.';
    await expect(first).rejects.toThrow(sentence);
    await expect(second).rejects.toThrow(sentence);
    await expect(client.ask({ kind: 'pause' })).rejects.toThrow(sentence);
    expect(crashes).toEqual([sentence]);
    expect(terminated()).toBe(1);
  });
});
