// What a store of named binary records is: checkpoints, autosaved documents and results go into one.

export interface RecordInfo {
  readonly name: string;
  /** Size of the record as it is read. */
  readonly bytes: number;
  /** Bytes that it takes on the disk with its spare copy; absent where that is the same. */
  readonly room?: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface RecordStore {
  /** All or nothing: after a crash in the middle, the record reads as it was before. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** The latest record that is whole, or undefined; the caller owns the bytes. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** By name. */
  list(): Promise<RecordInfo[]>;
  /** Removing what is not there is no error. */
  remove(name: string): Promise<void>;
}

/** By code units, so that every store lists alike. */
export function byName(a: RecordInfo, b: RecordInfo): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
