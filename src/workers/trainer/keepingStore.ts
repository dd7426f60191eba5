// A store whose writes never lose anything: what the browser refuses to save is kept in memory, and told.
import { memoryStore } from '../../storage/memoryStore.ts';
import type { RecordInfo, RecordStore } from '../../storage/recordStore.ts';
import { byName } from '../../storage/recordStore.ts';

/** @param refused told why a record is only in memory */
export function keepingStore(disk: RecordStore, refused: (error: unknown) => void): RecordStore {
  const memory = memoryStore();
  return {
    async write(name, bytes) {
      try {
        await disk.write(name, bytes);
        await memory.remove(name);
      } catch (error) {
        await memory.write(name, bytes);
        refused(error);
      }
    },
    async read(name) {
      return (await memory.read(name)) ?? (await disk.read(name));
    },
    async list() {
      const kept = await memory.list();
      const names = new Set(kept.map(({ name }) => name));
      const rest: RecordInfo[] = (await disk.list()).filter(({ name }) => !names.has(name));
      return [...kept, ...rest].sort(byName);
    },
    async remove(name) {
      await memory.remove(name);
      await disk.remove(name);
    },
  };
}
