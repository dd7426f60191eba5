import { describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { fakeDirectory, PowerFailure } from './fakeDirectory.ts';
import { frameHeaderBytes } from './frame.ts';
import { opfsStore } from './opfs.ts';

const payload = (fill: number, length = 50) => new Uint8Array(length).fill(fill);

describe.each(['sync', 'stream'] as const)('after a power failure, written by %s', (access) => {
  it('reads the record as it was before, wherever the write stopped', async () => {
    const size = 50 + frameHeaderBytes;
    for (let written = 0; written < size; written++) {
      const directory = fakeDirectory(access);
      const store = opfsStore(directory);
      await store.write('a', payload(1));
      await store.write('a', payload(2));
      directory.powerFailsAfter = written;
      await expect(store.write('a', payload(3))).rejects.toThrow(PowerFailure);

      directory.powerFailsAfter = Number.POSITIVE_INFINITY;
      const reopened = opfsStore(directory);
      expect(await reopened.read('a'), `after ${written} bytes`).toEqual(payload(2));
      await reopened.write('a', payload(4));
      expect(await reopened.read('a')).toEqual(payload(4));
    }
  });

  it('reads a first record that was never finished as absent', async () => {
    const directory = fakeDirectory(access);
    directory.powerFailsAfter = 60;
    await expect(opfsStore(directory).write('a', payload(1))).rejects.toThrow(PowerFailure);
    expect(await opfsStore(directory).read('a')).toBeUndefined();
    expect(await opfsStore(directory).list()).toEqual([]);
  });
});

describe('damaged slots', () => {
  async function written() {
    const directory = fakeDirectory('sync');
    const store = opfsStore(directory);
    await store.write('a', payload(1));
    await store.write('a', payload(2));
    return { directory, store };
  }

  it('falls back to the record before on any changed byte of the newest', async () => {
    const { directory, store } = await written();
    const newest = directory.files.get('a.1');
    expect(newest).toBeDefined();
    for (let at = 0; newest && at < newest.length; at++) {
      newest[at] = Number(newest[at]) ^ 0x10;
      expect(await store.read('a'), `byte ${at}`).toEqual(payload(1));
      newest[at] = Number(newest[at]) ^ 0x10;
    }
    expect(await store.read('a')).toEqual(payload(2));
  });

  it('falls back when the newest is cut or grown', async () => {
    const { directory, store } = await written();
    const newest = directory.files.get('a.1') ?? new Uint8Array(0);
    for (const length of [0, 5, frameHeaderBytes, newest.length - 1]) {
      directory.files.set('a.1', newest.slice(0, length));
      expect(await store.read('a')).toEqual(payload(1));
    }
    const grown = new Uint8Array(newest.length + 1);
    grown.set(newest);
    directory.files.set('a.1', grown);
    expect(await store.read('a')).toEqual(payload(1));
  });

  it('reads as absent when both are damaged, and takes a new record', async () => {
    const { directory, store } = await written();
    for (const file of directory.files.values()) file[40] = 99;
    expect(await store.read('a')).toBeUndefined();
    await store.write('a', payload(5));
    expect(await store.read('a')).toEqual(payload(5));
  });

  it('leaves files of others alone', async () => {
    const { directory, store } = await written();
    directory.files.set('%E0%A4%A.0', payload(1));
    directory.files.set('notes.txt', payload(1));
    expect((await store.list()).map(({ name }) => name)).toEqual(['a']);
  });
});

describe('refusals', () => {
  it('says that there is no room, keeps the record before, and gives the torn slot back', async () => {
    const directory = fakeDirectory('sync');
    const store = opfsStore(directory);
    await store.write('run 3', payload(1));
    directory.quota = 1000;
    const error: unknown = await store
      .write('run 3', payload(2, 1_234_567))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message:
        '"run 3" (1.2 MB) could not be saved: the browser has no room left for this page; free some space.',
      action: 'freeSpace',
    });
    expect(await store.read('run 3')).toEqual(payload(1));
    expect(directory.files.size).toBe(1);
  });

  it('says that another tab holds the record', async () => {
    const directory = fakeDirectory('sync');
    const held = {
      ...directory,
      getFileHandle: async (name: string, options?: { create: boolean }) => ({
        ...(await directory.getFileHandle(name, options)),
        createSyncAccessHandle: async () => {
          throw new DOMException('locked', 'NoModificationAllowedError');
        },
      }),
    };
    await expect(opfsStore(held).write('run 3', payload(1))).rejects.toThrow(
      '"run 3" could not be saved: it is open in another tab; close that tab and save again.',
    );
  });

  it('says that the browser cannot write outside workers', async () => {
    await expect(opfsStore(fakeDirectory('none')).write('a', payload(1))).rejects.toThrow(
      'This browser can write its private files only in a worker; update it or use another one.',
    );
  });

  it('writes one name one after the other', async () => {
    const store = opfsStore(fakeDirectory('stream'));
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.write('a', payload(i))));
    expect(await store.read('a')).toEqual(payload(19));
  });
});
