// What every record store must do, run against each of them by the tests.
import { describe, expect, it } from 'vitest';
import type { RecordStore } from './recordStore.ts';

export function describeRecordStore(place: string, open: () => Promise<RecordStore>): void {
  describe(`a record store in ${place}`, () => {
    it('returns what was last written', async () => {
      const store = await open();
      expect(await store.read('a')).toBeUndefined();
      await store.write('a', Uint8Array.of(1, 2, 3));
      await store.write('b', new Uint8Array(0));
      expect(await store.read('a')).toEqual(Uint8Array.of(1, 2, 3));
      expect(await store.read('b')).toEqual(new Uint8Array(0));
      for (let i = 0; i < 5; i++) await store.write('a', Uint8Array.of(i));
      expect(await store.read('a')).toEqual(Uint8Array.of(4));
    });

    it('lists by name and removes', async () => {
      const store = await open();
      const names = ['run/ä?* 素', '..', 'plan.0'];
      for (const name of names) await store.write(name, new Uint8Array(7));
      await store.write('..', new Uint8Array(9));
      expect((await store.list()).map(({ name, bytes }) => [name, bytes])).toEqual([
        ['..', 9],
        ['plan.0', 7],
        ['run/ä?* 素', 7],
      ]);
      expect((await store.list())[0]?.modified).toBeGreaterThan(1_600_000_000_000);
      await store.remove('..');
      await store.remove('never there');
      expect(await store.read('..')).toBeUndefined();
      expect((await store.list()).map(({ name }) => name)).toEqual(['plan.0', 'run/ä?* 素']);
    });

    it('keeps its own copy', async () => {
      const store = await open();
      const bytes = Uint8Array.of(1);
      await store.write('a', bytes);
      bytes[0] = 2;
      const read = await store.read('a');
      expect(read).toEqual(Uint8Array.of(1));
      read?.fill(9);
      expect(await store.read('a')).toEqual(Uint8Array.of(1));
    });
  });
}
