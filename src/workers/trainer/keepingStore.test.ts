import { expect, it } from 'vitest';
import { memoryStore } from '../../storage/memoryStore.ts';
import type { RecordStore } from '../../storage/recordStore.ts';
import { keepingStore } from './keepingStore.ts';

/** A disk with room for so many bytes. */
function smallDisk(room: number): RecordStore {
  const inner = memoryStore();
  return {
    ...inner,
    async write(name, bytes) {
      const others = (await inner.list()).filter((record) => record.name !== name);
      const used = others.reduce((sum, record) => sum + record.bytes, 0);
      if (used + bytes.length > room) throw new Error(`no room for ${name}`);
      await inner.write(name, bytes);
    },
  };
}

function setUp(room: number) {
  const disk = smallDisk(room);
  const told: string[] = [];
  const store = keepingStore(disk, {
    refused: (error) => told.push(error instanceof Error ? error.message : String(error)),
    saved: () => told.push('saved'),
  });
  return { disk, store, told };
}

const bytes = (count: number) => new Uint8Array(count).fill(7);

it('keeps in memory what the disk refuses, tells it once, and writes it when something was removed', async () => {
  const { disk, store, told } = setUp(10);
  await store.write('old', bytes(6));
  await store.write('run', bytes(8));
  await store.write('run', bytes(9));
  expect(told).toEqual(['no room for run']);
  expect(await store.read('run')).toEqual(bytes(9));
  expect(await disk.read('run')).toBeUndefined();
  expect((await store.list()).map(({ name }) => name)).toEqual(['old', 'run']);
  await store.remove('old');
  expect(await disk.read('run')).toEqual(bytes(9));
  expect(told).toEqual(['no room for run', 'saved']);
});

it('tells again when it is full again', async () => {
  const { store, told } = setUp(4);
  await store.write('run', bytes(5));
  await store.write('run', bytes(3));
  await store.write('run', bytes(6));
  expect(told).toEqual(['no room for run', 'saved', 'no room for run']);
});
