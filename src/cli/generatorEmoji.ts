// `npm run generator:emoji`: draws the emoji that six permissively licensed sets share, as sheets of small pictures.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { sourceSet, styleSets } from '../generator/concepts/concept.ts';
import { writeSheet } from '../generator/data/sheet.ts';
import { emojiNamesPath, sheetPath } from '../generator/paths.ts';
import { known, UserError } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { ensureChromium } from './chromium.ts';
import { withPackages } from './packages.ts';

const defaults = { count: 576, side: 32 };

/** Versions whose pictures are bundled. */
const versions = {
  '@iconify-json/noto': '1.2.9',
  '@iconify-json/twemoji': '1.2.5',
  '@iconify-json/openmoji': '1.2.29',
  '@iconify-json/fluent-emoji': '1.2.7',
  '@iconify-json/fluent-emoji-flat': '1.2.6',
  '@iconify-json/fluent-emoji-high-contrast': '1.2.6',
};
/** Variants of one drawing would teach nothing and be split over training and test. */
const variant = /skin-tone|^flag-|keycap|-skin/;

interface IconSet {
  readonly icons: Readonly<
    Record<string, { readonly body: string; readonly width?: number; readonly height?: number }>
  >;
  readonly width?: number;
  readonly height?: number;
}

runCommand(async () => {
  const { options } = parseOptions('generator:emoji', defaults);
  const at = withPackages(versions);
  const ids = [sourceSet, ...styleSets.map(({ id }) => id)] as const;
  const sets = new Map<string, IconSet>();
  for (const id of ids) {
    sets.set(id, JSON.parse(await readFile(at(`@iconify-json/${id}/icons.json`), 'utf8')) as IconSet);
  }
  const all = [...sets.values()];
  const shared = Object.keys(known(all[0], 'set').icons)
    .filter((name) => !variant.test(name) && all.every(({ icons }) => name in icons))
    .sort();
  const order = randomStream(0, 'emoji').permutation(shared.length);
  const names = Array.from(order, (i) => known(shared[i], 'name')).slice(0, options.count);
  const executablePath = ensureChromium();
  if (executablePath === undefined)
    throw new UserError('The emoji are drawn by Chromium, which is not installed.');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  for (const [id, set] of sets) {
    const drawings = names.map((name) => svgOf(set, name));
    const cells = await page.evaluate(drawCells, { drawings, side: options.side });
    const path = join('public', sheetPath(id as typeof sourceSet));
    await mkdir(dirname(path), { recursive: true });
    const png = writeSheet(
      cells.map((cell) => Uint8Array.from(cell)),
      options.side,
    );
    await writeFile(path, png);
    console.log(
      `${id}: ${names.length} of ${shared.length} shared emoji, ${(png.length / 1024).toFixed(0)} KiB`,
    );
  }
  await browser.close();
  await writeFile(join('public', emojiNamesPath), `${JSON.stringify(names)}\n`);
});

function svgOf(set: IconSet, name: string): string {
  const icon = known(set.icons[name], name);
  const [width, height] = [icon.width ?? set.width ?? 16, icon.height ?? set.height ?? 16];
  const body = icon.body.replaceAll('currentColor', '#111');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
}

/** Runs in the page: RGB bytes of every drawing on white. */
async function drawCells(job: {
  readonly drawings: readonly string[];
  readonly side: number;
}): Promise<number[][]> {
  const { side } = job;
  const canvas = new OffscreenCanvas(side, side);
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  if (!brush) throw new Error('no 2d context');
  brush.imageSmoothingQuality = 'high';
  const cells: number[][] = [];
  for (const drawing of job.drawings) {
    const image = new Image(4 * side, 4 * side);
    image.src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
    await image.decode();
    brush.fillStyle = '#fff';
    brush.fillRect(0, 0, side, side);
    brush.drawImage(image, 0, 0, side, side);
    const { data } = brush.getImageData(0, 0, side, side);
    cells.push(Array.from({ length: side * side * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)] ?? 0));
  }
  return cells;
}
