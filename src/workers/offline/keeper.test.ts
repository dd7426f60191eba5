import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../lib/hash.ts';
import { Keeper } from './keeper.ts';
import type { OfflineFile, OfflineUse } from './offlineFile.ts';

const scope = new URL('http://localhost/app/');
const file = (path: string, text: string, use: OfflineUse): OfflineFile => ({
  path,
  hash: sha256Hex(text),
  use,
});

/** A server, and a cache as browsers have it, as far as the keeper uses it. */
const served = new Map<string, string>();
const stored = new Map<string, Response>();
let asked: string[] = [];

const bare = (url: string) => url.split('?')[0];
const urlOf = (request: Request | URL | string) =>
  request instanceof Request ? request.url : String(request);
const cache: Pick<Cache, 'match' | 'put' | 'keys' | 'delete'> = {
  match: async (request, { ignoreSearch = false } = {}) => {
    const url = urlOf(request);
    const key = ignoreSearch ? [...stored.keys()].find((known) => bare(known) === url) : url;
    return stored.get(key ?? '')?.clone();
  },
  put: async (request, response) => void stored.set(urlOf(request), response),
  keys: async () => [...stored.keys()].map((url) => new Request(url)),
  delete: async (request) => stored.delete(urlOf(request)),
};
const fetched = async (request: Request | string) => {
  const url = new URL(urlOf(request));
  asked.push(url.pathname);
  const text = served.get(url.pathname.slice(scope.pathname.length) || 'index.html');
  return text === undefined
    ? new Response('', { status: 404 })
    : new Response(text, { headers: { 'content-type': 'text/plain' } });
};
const keeperOf = (...files: OfflineFile[]) => new Keeper(files, { cache, fetch: fetched, scope });
const page = file('index.html', 'page', 'shell');
const model = file('models/base', 'weights', 'main');
const none = () => undefined;
const get = (path: string) => new Request(new URL(path, scope));

beforeEach(() => {
  stored.clear();
  served.clear();
  asked = [];
  served.set('index.html', 'page');
  served.set('models/base', 'weights');
});

describe('a keeper of files', () => {
  it('opens the page from what it keeps, isolated, whatever the server does', async () => {
    const keeper = keeperOf(page, model);
    await keeper.install();
    served.clear();
    for (const path of ['', 'index.html', '?utm=1']) {
      const response = await keeper.answer(get(path), none);
      expect(await response.text()).toBe('page');
      expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(response.headers.get('content-type')).toBe('text/plain');
    }
  });

  it('knows what is missing, and fetches only that', async () => {
    const keeper = keeperOf(page, model);
    await keeper.install();
    expect(await keeper.missing(['shell', 'main'])).toEqual(['models/base']);
    asked = [];
    await keeper.fill(['shell', 'main']);
    expect(asked).toEqual(['/app/models/base']);
    expect(await keeper.missing(['shell', 'main'])).toEqual([]);
  });

  it('does not keep what is not the file of its version', async () => {
    served.set('models/base', 'other weights');
    const keeper = keeperOf(page, model);
    await keeper.fill(['main']);
    expect(await keeper.missing(['main'])).toEqual(['models/base']);
    const work: Promise<unknown>[] = [];
    const response = await keeper.answer(get('models/base'), (more) => work.push(more));
    await Promise.all(work);
    expect(await response.text()).toBe('other weights');
    expect(await keeper.missing(['main'])).toEqual(['models/base']);
  });

  it('refuses to take over with half a page', async () => {
    served.delete('index.html');
    await expect(keeperOf(page).install()).rejects.toThrow('Not all of the page could be kept: index.html.');
  });

  it('keeps a file that is used before it was fetched', async () => {
    const keeper = keeperOf(model);
    const work: Promise<unknown>[] = [];
    await keeper.answer(get('models/base'), (more) => work.push(more));
    await Promise.all(work);
    expect(await keeper.missing(['main'])).toEqual([]);
  });

  it('leaves the files of the version before until it tidies', async () => {
    const before = keeperOf(page, file('assets/old.js', 'old', 'shell'));
    served.set('assets/old.js', 'old');
    await before.install();
    served.delete('assets/old.js');
    const after = keeperOf(page, model);
    await after.install();
    expect(await (await after.answer(get('assets/old.js'), none)).text()).toBe('old');
    await after.tidy();
    expect((await after.answer(get('assets/old.js'), none)).status).toBe(404);
    expect(await after.missing(['shell'])).toEqual([]);
  });

  it('leaves writes, other sites and parts of files alone', () => {
    const keeper = keeperOf(page);
    expect(keeper.concerns(get(''))).toBe(true);
    expect(keeper.concerns(new Request(scope, { method: 'POST' }))).toBe(false);
    expect(keeper.concerns(new Request('http://localhost/other/'))).toBe(false);
    expect(keeper.concerns(new Request(scope, { headers: { range: 'bytes=0-9' } }))).toBe(false);
  });
});
