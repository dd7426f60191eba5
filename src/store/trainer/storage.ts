// What takes room in the browser's storage, and whether the browser may clear it.
import { create } from 'zustand';
import type { StoredItem } from '../../workers/protocol.ts';
import { deletePictures, picturesRoom } from '../planResults.ts';
import { announce } from '../viewStore.ts';
import { guarded } from './failures.ts';
import { flushRun } from './graft.ts';
import { askTrainer } from './link.ts';
import { offerUnfinished, refreshRuns } from './runs.ts';

export interface StorageState {
  /** Null until it was looked at. */
  readonly items: readonly StoredItem[] | null;
  /** Bytes of the pictures that are kept beside their plans. */
  readonly pictures: number;
  /** Bytes of this page in all and bytes that it may have, as the browser estimates them; null where it does not. */
  readonly usage: number | null;
  readonly quota: number | null;
  /** True when the browser keeps the data until a person deletes it; false when it may clear it on a full disk. */
  readonly persisted: boolean | null;
}

export const useStorage = create<StorageState>()(() => ({
  items: null,
  pictures: 0,
  usage: null,
  quota: null,
  persisted: null,
}));

let asked = false;

/** Asks the browser, once, to keep what runs save; some browsers ask the person in turn. */
export async function askToPersist(): Promise<void> {
  if (asked || typeof navigator === 'undefined' || !navigator.storage?.persist) return;
  asked = true;
  const persisted = await navigator.storage.persist().catch(() => false);
  useStorage.setState({ persisted });
}

export async function refreshStorage(): Promise<void> {
  await guarded('storage-list', async () => {
    useStorage.setState({
      items: await askTrainer({ kind: 'storage' }),
      pictures: await picturesRoom(),
    });
  });
  if (typeof navigator === 'undefined' || !navigator.storage) return;
  const { usage = null, quota = null } = await navigator.storage.estimate();
  useStorage.setState({ usage, quota, persisted: await navigator.storage.persisted() });
}

/** Pictures of other plans than the present one are drawn anew when they are wanted. */
export async function deleteKeptPictures(): Promise<void> {
  await guarded('storage-delete', deletePictures);
  announce('Deleted.');
  await flushRun();
  await refreshStorage();
}

/** Deletes one thing; a run that could not be saved before is saved now. */
export async function deleteStored(item: StoredItem): Promise<void> {
  await guarded('storage-delete', async () => {
    await askTrainer({ kind: 'deleteStored', name: item.name });
    announce('Deleted.');
    await flushRun();
    await refreshRuns();
    offerUnfinished();
  });
  await refreshStorage();
}
