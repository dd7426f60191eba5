// A record store that lives as long as the page: for tests, and where the browser refuses its file system.
import { byName, type RecordStore } from './recordStore.ts';

export function memoryStore(now: () => number = Date.now): RecordStore {
  const records = new Map<string, { bytes: Uint8Array; modified: number }>();
  return {
    async write(name, bytes) {
      records.set(name, { bytes: bytes.slice(), modified: now() });
    },
    async read(name) {
      return records.get(name)?.bytes.slice();
    },
    async list() {
      return [...records]
        .map(([name, { bytes, modified }]) => ({ name, bytes: bytes.length, modified }))
        .sort(byName);
    },
    async remove(name) {
      records.delete(name);
    },
  };
}
