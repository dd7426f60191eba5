// A store whose writes never lose anything: what the browser refuses to save is kept in memory, told once, and written
// as soon as there is room again.
import { memoryStore } from '../../storage/memoryStore.ts';
import type { RecordInfo, RecordStore } from '../../storage/recordStore.ts';
import { byName } from '../../storage/recordStore.ts';

export interface KeepingListener {
  /** A record is only in memory, and why; told once until all is saved again. */
  refused(error: unknown): void;
  /** Everything that was only in memory is saved. */
  saved(): void;
}

export function keepingStore(disk: RecordStore, listener: KeepingListener): RecordStore {
  const memory = memoryStore();
  let told = false;

  const tellSaved = async () => {
    if (!told || (await memory.list()).length > 0) return;
    told = false;
    listener.saved();
  };

  /** Removing made room: what is only in memory is tried again, the smallest first. */
  const retry = async () => {
    const waiting = (await memory.list()).sort((a, b) => a.bytes - b.bytes);
    for (const { name } of waiting) {
      const bytes = await memory.read(name);
      if (!bytes) continue;
      const written = await disk.write(name, bytes).then(
        () => true,
        () => false,
      );
      if (written) await memory.remove(name);
    }
    await tellSaved();
  };

  return {
    async write(name, bytes) {
      try {
        await disk.write(name, bytes);
        await memory.remove(name);
        await tellSaved();
      } catch (error) {
        await memory.write(name, bytes);
        if (!told) listener.refused(error);
        told = true;
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
      await retry();
    },
  };
}
