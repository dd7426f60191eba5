// Keeps the page's files by their content, and answers requests from them. Nothing is kept that was not compared with the
// hash of the build, so that two versions never mix and "works offline" is known, not hoped.
import type { OfflineFile, OfflineUse } from './offlineFile.ts';

export interface KeeperTools {
  readonly cache: Pick<Cache, 'match' | 'put' | 'keys' | 'delete'>;
  readonly fetch: (request: Request | string, init?: RequestInit) => Promise<Response>;
  /** The folder of the page. */
  readonly scope: URL;
}

/** SharedArrayBuffer, and with it WebAssembly threads, exist only on pages that came with these. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

const hashParameter = 'sha256';

export class Keeper {
  readonly #files: ReadonlyMap<string, OfflineFile>;
  readonly #tools: KeeperTools;

  constructor(files: readonly OfflineFile[], tools: KeeperTools) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#tools = tools;
  }

  /** Fetches what of these uses is not kept. A file that fails is left out; `missing` tells. */
  async fill(uses: readonly OfflineUse[]): Promise<void> {
    for (const file of this.#of(uses)) {
      if (!(await this.#kept(file))) await this.#fetchAndKeep(file).catch(() => undefined);
    }
  }

  /** The whole shell, or nothing: the version before then stays. @throws Error naming what is missing */
  async install(): Promise<void> {
    await this.fill(['shell']);
    const missing = await this.missing(['shell']);
    if (missing.length > 0) throw new Error(`Not all of the page could be kept: ${missing.join(', ')}.`);
  }

  async missing(uses: readonly OfflineUse[]): Promise<string[]> {
    const paths: string[] = [];
    for (const file of this.#of(uses)) if (!(await this.#kept(file))) paths.push(file.path);
    return paths;
  }

  /** Lets go of what belongs to no file of this version. */
  async tidy(): Promise<void> {
    const keys = new Set([...this.#files.values()].map((file) => this.#key(file)));
    for (const request of await this.#tools.cache.keys()) {
      if (!keys.has(request.url)) await this.#tools.cache.delete(request);
    }
  }

  /** Is this a request that `answer` should see? */
  concerns(request: Request): boolean {
    const { scope } = this.#tools;
    return (
      request.method === 'GET' && request.url.startsWith(scope.href) && request.headers.get('range') === null
    );
  }

  /** From what is kept, else from the network; what is fetched on the way is kept too. */
  async answer(request: Request, meanwhile: (work: Promise<unknown>) => void): Promise<Response> {
    const { cache, fetch, scope } = this.#tools;
    const url = new URL(request.url);
    const path = decodeURI(url.pathname.slice(scope.pathname.length)) || 'index.html';
    const file = this.#files.get(path);
    if (!file) {
      // A tab of the version before may still ask for its own files.
      const old = await cache.match(url.origin + url.pathname, { ignoreSearch: true });
      return old ? isolated(old) : fetch(request);
    }
    const kept = await this.#kept(file);
    if (kept) return isolated(kept);
    const response = await fetch(request);
    if (response.ok) meanwhile(this.#keep(file, response.clone()).catch(() => undefined));
    return response;
  }

  #of(uses: readonly OfflineUse[]): OfflineFile[] {
    return [...this.#files.values()].filter(({ use }) => uses.includes(use));
  }

  #kept(file: OfflineFile): Promise<Response | undefined> {
    return this.#tools.cache.match(this.#key(file));
  }

  #key({ path, hash }: OfflineFile): string {
    const url = new URL(path, this.#tools.scope);
    url.searchParams.set(hashParameter, hash);
    return url.href;
  }

  /** A stale copy in the browser's own cache is passed by at the second try. */
  async #fetchAndKeep(file: OfflineFile): Promise<void> {
    const url = new URL(file.path, this.#tools.scope).href;
    if (await this.#keep(file, await this.#tools.fetch(url))) return;
    await this.#keep(file, await this.#tools.fetch(url, { cache: 'reload' }));
  }

  /** Answers whether the response was the file of this version. */
  async #keep(file: OfflineFile, response: Response): Promise<boolean> {
    if (!response.ok) return false;
    const bytes = await response.arrayBuffer();
    if ((await sha256(bytes)) !== file.hash) return false;
    const headers = new Headers();
    const type = response.headers.get('content-type');
    if (type !== null) headers.set('content-type', type);
    headers.set('content-length', String(bytes.byteLength));
    await this.#tools.cache.put(this.#key(file), new Response(bytes, { headers }));
    return true;
  }
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Also on hosts that cannot send these headers themselves. */
function isolated({ body, headers }: Response): Response {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(isolation)) all.set(name, value);
  return new Response(body, { headers: all });
}
