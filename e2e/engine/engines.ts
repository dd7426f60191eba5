// How the engine tests talk to the checks in the page, and open an engine there.
import { type Page, test } from '@playwright/test';
import type { CheckDevice, CheckRequest, OpenReply } from './protocol.ts';

// The answers' types are stated beside the requests in protocol.ts.
export const ask = <T>(page: Page, request: CheckRequest): Promise<T> =>
  page.evaluate((asked) => window.ask(asked), request) as Promise<T>;

/** Opens an engine in a fresh worker; skips the test where the browser offers no WebGPU adapter. */
export async function open(page: Page, device: CheckDevice, threads = 2): Promise<OpenReply> {
  await page.goto('/');
  const reply = await ask<OpenReply | null>(page, { kind: 'open', device, threads });
  test.skip(reply === null, 'this browser offers no WebGPU adapter');
  if (!reply) throw new Error('unreachable after skip');
  return reply;
}
