// `npm run icons`: draws public/icon.svg as the PNG icons that installed apps need, in Chromium.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { UserError } from '../lib/errors.ts';
import { runCommand } from './arguments.ts';
import { findChromium } from './chromium.ts';

/** Systems cut maskable icons to a shape of theirs: the mark stays in the inner 80 %, its ground fills all. */
const icons = [
  { name: 'scion-192.png', size: 192, maskable: false },
  { name: 'scion-512.png', size: 512, maskable: false },
  { name: 'scion-maskable-192.png', size: 192, maskable: true },
  { name: 'scion-maskable-512.png', size: 512, maskable: true },
] as const;

runCommand(async () => {
  const executablePath = findChromium();
  if (!executablePath) throw new UserError('icons needs a Chromium; set SCION_CHROMIUM to its path.');
  const svg = await readFile('public/icon.svg', 'utf8');
  const ground = /<rect[^>]*fill="([^"]+)"/.exec(svg)?.[1] ?? 'transparent';
  const folder = join('public', 'icons');
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  for (const { name, size, maskable } of icons) {
    await page.setViewportSize({ width: size, height: size });
    const inner = maskable ? Math.round(size * 0.8) : size;
    await page.setContent(
      `<style>html,body{margin:0;background:${maskable ? ground : 'transparent'}}svg{display:block;width:${inner}px;margin:${(size - inner) / 2}px}</style>${svg}`,
    );
    await writeFile(join(folder, name), await page.screenshot({ omitBackground: true }));
  }
  await browser.close();
  console.log(`${folder}: ${icons.map(({ name }) => name).join(', ')}.`);
});
