// What takes room in storage, of all models, for a person who has to decide what may go.
import { UserError } from '../../lib/errors.ts';
import type { RecordInfo, RecordStore } from '../../storage/recordStore.ts';
import type { StoredItem } from '../protocol.ts';
import { readNote } from './runStore.ts';

const measurements = 'measurements';

/** The largest first. Runs and results one by one; measurements, which can be made again, as one. */
export async function storedItems(store: RecordStore): Promise<StoredItem[]> {
  const records = await store.list();
  const items: StoredItem[] = [];
  let small: StoredItem = { name: measurements, kind: 'measurements', plan: null, bytes: 0, savedAt: 0 };
  for (const record of records) {
    const kind = kindOf(record.name);
    if (kind) {
      const plan = (await readNote(store, `note-${record.name}`))?.run.plan ?? null;
      items.push({ name: record.name, kind, plan, bytes: roomOf(record), savedAt: record.modified });
    } else if (!record.name.startsWith('note-')) {
      small = {
        ...small,
        bytes: small.bytes + roomOf(record),
        savedAt: Math.max(small.savedAt, record.modified),
      };
    }
  }
  if (small.bytes > 0) items.push(small);
  return items.sort((a, b) => b.bytes - a.bytes);
}

export async function deleteStored(store: RecordStore, name: string): Promise<void> {
  if (name === measurements) {
    for (const record of await store.list())
      if (!kindOf(record.name) && !record.name.startsWith('note-')) await store.remove(record.name);
    return;
  }
  if (!kindOf(name)) throw new UserError(`Storage holds nothing that is called "${name}".`);
  await store.remove(`note-${name}`);
  await store.remove(name);
}

/** Hash of the plan that a record of a run belongs to; undefined for other records. */
export function planHashIn(name: string): string | undefined {
  return kindOf(name) && name.slice(name.indexOf('-') + 1);
}

function kindOf(name: string): 'run' | 'result' | undefined {
  if (name.startsWith('run-')) return 'run';
  return name.startsWith('result-') ? 'result' : undefined;
}

function roomOf({ bytes, room = bytes }: RecordInfo): number {
  return room;
}
