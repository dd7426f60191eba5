import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { samplePlan } from '../plan/testing.ts';
import { currentPlan, startDocument } from './documentStore.ts';
import { openAddress } from './openAddress.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { testModel } from './testing.ts';
import { useView } from './viewStore.ts';

const address = new URL('https://huggingface.co/some/model/resolve/main/my%20plan.graft.json');
const toast = () => useView.getState().toast?.text;

beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  useView.setState({ toast: null });
  startDocument({ ...samplePlan, base: testModel.id, seed: 1 }, 'start');
});
afterEach(() => vi.unstubAllGlobals());

it('opens what it fetched like a file that was dropped, and tells how far it is', async () => {
  const text = JSON.stringify({ ...samplePlan, base: testModel.id, seed: 7 });
  vi.stubGlobal(
    'fetch',
    async () => new Response(text, { headers: { 'content-length': String(text.length) } }),
  );
  const told: (string | undefined)[] = [];
  const stop = useSession.subscribe(({ status }) => told.push(status?.text));
  await openAddress(address);
  stop();
  expect(currentPlan().seed).toBe(7);
  expect(told).toContain('Fetching my plan.graft.json');
  expect(useSession.getState().status).toBeNull();
});

it.each([
  [
    () => Promise.reject(new TypeError('network')),
    'my plan.graft.json could not be fetched from huggingface.co; download it and drop the file here instead.',
  ],
  [
    async () => new Response('', { status: 404 }),
    'my plan.graft.json could not be fetched: huggingface.co answered 404; check the address, or download it and drop the file here instead.',
  ],
  [
    async () => new Response('x', { headers: { 'content-length': '2700000000' } }),
    'my plan.graft.json has 2.7 GB; download it and drop the file here instead.',
  ],
])('says why it could not be fetched and leaves the plan alone', async (answer, words) => {
  vi.stubGlobal('fetch', answer);
  await openAddress(address);
  expect(toast()).toBe(words);
  expect(currentPlan().seed).toBe(1);
});
