// Work that is done once: what a store holds under a name, else what is made and then kept there.
import type { RecordStore } from '../storage/recordStore.ts';

/** @param make of a value that survives JSON */
export async function kept<T>(
  store: Pick<RecordStore, 'read' | 'write'>,
  name: string,
  make: () => Promise<T>,
): Promise<T> {
  const found = await store.read(name);
  if (found) return JSON.parse(new TextDecoder().decode(found)) as T;
  const value = await make();
  await store.write(name, new TextEncoder().encode(JSON.stringify(value)));
  return value;
}
