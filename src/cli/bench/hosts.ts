// Where contestants run: a child process of Node, or a page in Chromium with a worker.
import { fork } from 'node:child_process';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { UserError } from '../../lib/errors.ts';
import type { Ask, ContestantReply } from './contestant.ts';

export interface Host {
  readonly ask: Ask;
  close(): Promise<void>;
}

export function nativeHost(): Host {
  const child = fork(new URL('./nativeProcess.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  // The reply's type is stated beside the request in contestant.ts.
  const ask: Ask = (request) =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`The native process ended with code ${code}.`));
      child.once('exit', ended);
      child.once('message', (reply: ContestantReply) => {
        child.off('exit', ended);
        if ('failure' in reply) reject(new Error(reply.failure));
        else resolve(reply.result as never);
      });
      child.send(request);
    });
  return {
    ask,
    async close() {
      child.kill();
    },
  };
}

export interface Browser {
  readonly version: string;
  /** A page with a worker of its own. */
  open(): Promise<Host>;
  close(): Promise<void>;
}

const chromiumFlags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws UserError when there is no Chromium */
export async function startBrowser(): Promise<Browser> {
  const configFile = new URL('./vite.config.ts', import.meta.url).pathname;
  await build({ configFile });
  const server = await preview({ configFile, preview: { port: 0 } });
  const executablePath = process.env.SCION_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: chromiumFlags }).catch((cause) => {
    throw new UserError(`Chromium did not start from ${executablePath}; set SCION_CHROMIUM to its path.`, {
      cause,
    });
  });
  const address = new URL('page.html', server.resolvedUrls?.local[0]).href;
  return {
    version: browser.version(),
    async open() {
      const page = await browser.newPage();
      await page.goto(address);
      return {
        ask: (request) => page.evaluate((asked) => window.askContestant(asked), request) as Promise<never>,
        close: () => page.close(),
      };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
