// What the page consists of, file by file, as the build lists it for the offline worker.

/**
 * When a file is kept. `shell`: before the worker takes over; `main`: in the background, needed for the whole job on the
 * processor; `jspi`, `asyncify`: the same for WebGPU, by how the runtime waits for it; `later`: when it is first used.
 */
export type OfflineUse = 'shell' | 'main' | 'jspi' | 'asyncify' | 'later';

export interface OfflineFile {
  /** Below the page's folder, `index.html` for the page itself. */
  readonly path: string;
  /** SHA-256 in hex: content is kept, and found again, under it. */
  readonly hash: string;
  readonly use: OfflineUse;
}

/** What the page tells its offline worker; `look` and `fill` are answered on the port that comes with them. */
export type ToOffline =
  | { readonly kind: 'look'; readonly uses: readonly OfflineUse[] }
  | { readonly kind: 'fill'; readonly uses: readonly OfflineUse[] }
  /** Replaces the version before at once; the page then reloads. */
  | { readonly kind: 'takeOver' };

export interface OfflineAnswer {
  /** Paths of the asked uses that are not kept. */
  readonly missing: readonly string[];
}
