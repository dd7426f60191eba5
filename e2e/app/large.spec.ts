// A full-size DiT-XL/2 of 2.7 GB: drawn from its header, edited, exported, without ever lying in memory.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { writeRandomDit } from '../../src/cli/randomDit.ts';
import { publishedShape } from '../../src/models/shape.ts';
import { openApp, shortPlan, slotOf, waitForPictures } from './app.ts';

const needed = 8e9; // The file, and the browser's own copy of a download of it.
const mostMemory = 1.5e9;
let path = '';
test.afterAll(() => path !== '' && rmSync(dirname(path), { recursive: true }));

test.beforeAll(async () => {
  test.setTimeout(600_000);
  const { bavail, bsize } = statfsSync(tmpdir());
  const free = bavail * bsize;
  const reason = `a 2.7 GB file and its export need ${needed / 1e9} GB of disk, and ${tmpdir()} has ${(free / 1e9).toFixed(1)} GB`;
  if (free < needed) console.log(`Skipped: ${reason}.`);
  test.skip(free < needed, reason);
  path = join(mkdtempSync(join(tmpdir(), 'scion-large-')), 'DiT-XL-2-256x256.safetensors');
  await writeRandomDit(path, { shape: publishedShape('XL', 2), dtype: 'f32', seed: 0 });
});

/** How much longer things take because others work on this machine too: runnable processes for each core, at least 1. */
function crowding(): number {
  return Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}

/** Opens a file by the command that opens files, as a person picks it. */
async function choose(page: Page, file: string): Promise<void> {
  await expect(async () => {
    const chooser = page.waitForEvent('filechooser', { timeout: 10_000 });
    await page.keyboard.press('Control+o');
    await (await chooser).setFiles(file);
  }).toPass({ timeout: 60_000 });
}

/** Bytes that all processes of this browser hold themselves, without what they share with each other. */
function memoryOfBrowser(): number {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row))
    .filter((row) => row !== null)
    .map(([, pid, ppid, args = '']) => ({ pid: Number(pid), ppid: Number(ppid), args }));
  const mine = new Set([process.pid]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, ppid } of rows) {
      if (!mine.has(ppid) || mine.has(pid)) continue;
      mine.add(pid);
      grew = true;
    }
  }
  const browsers = rows.filter(({ pid, args }) => mine.has(pid) && /chrom/i.test(args));
  return browsers.reduce((sum, { pid }) => sum + privateBytes(pid), 0);
}

function privateBytes(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(rollup)?.[1] ?? 0);
    return 1024 * (kilobytes('Private_Dirty') + kilobytes('Private_Clean'));
  } catch {
    return 0; // It ended in the meantime.
  }
}

test('is drawn within a second, costs and edits work, and memory stays small', async ({ page }) => {
  await openApp(page, shortPlan());
  await waitForPictures(page);
  expect(statSync(path).size).toBeGreaterThan(2.6e9);
  // From the moment that the page has the file to the first frame in which the last block is there.
  await page.evaluate(() => {
    const seen = () => {
      if (document.querySelector('[data-slot="blocks.27.mlp"]')) performance.mark('test.drawn');
      else requestAnimationFrame(seen);
    };
    requestAnimationFrame(seen);
  });
  await choose(page, path);
  await expect(slotOf(page, 'blocks.27.mlp')).toBeAttached({ timeout: 60_000 });
  const milliseconds = await page.evaluate(() => {
    const [start] = performance.getEntriesByName('scion.open');
    const [drawn] = performance.getEntriesByName('test.drawn');
    return (drawn?.startTime ?? Number.NaN) - (start?.startTime ?? Number.NaN);
  });
  const measured = `${milliseconds.toFixed(0)} ms, on a machine with ${crowding().toFixed(1)} times its work`;
  test.info().annotations.push({ type: 'graph', description: measured });
  console.log(`graph of DiT-XL/2 after ${measured}`);
  expect(milliseconds).toBeLessThan(1000 * crowding());

  // What does not work is said, with the reason.
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await expect(page.locator('[data-problem="model-limits"]')).toContainText(
    /has 674\.8 M parameters, more than a page can run: it draws no images here\..* Graph, costs, plans and their export work\./,
    { timeout: 60_000 },
  );
  const bar = page.locator('.status-bar');
  await expect(bar).toContainText(/675\s*M params/);
  await expect(bar).toContainText(/119\s*GMAC/);
  const before = memoryOfBrowser();

  await slotOf(page, 'blocks.1.attn').click();
  await page.keyboard.press('r');
  await page.keyboard.type('hyena-x');
  await page.keyboard.press('Enter');
  await expect(slotOf(page, 'blocks.1.attn')).toContainText('Hyena-X');

  const saved = page.waitForEvent('download');
  await page.locator('[data-command="file.export"]').first().click();
  await page.locator('[data-format="json"]').getByRole('button', { name: 'Save' }).click();
  const plan: unknown = JSON.parse(await readFile(await (await saved).path(), 'utf8'));
  expect(plan).toMatchObject({ slots: { 'blocks.1.attn': { operator: 'hyena_x' } } });

  const onnx = page.locator('[data-format="onnx"]');
  await onnx.getByRole('button', { name: 'Write and check' }).click();
  await expect(onnx).toContainText('stays in its file, so export safetensors or PyTorch instead');

  const card = page.locator('[data-format="safetensors"]');
  await card.getByRole('button', { name: 'Write and check' }).click();
  await expect(card).toContainText(/all 294 tensors are there .* 288 taken over as they lie/, {
    timeout: 120_000,
  });
  const after = memoryOfBrowser();
  console.log(
    `memory ${(before / 1e6).toFixed(0)} MB after opening, ${(after / 1e6).toFixed(0)} MB after export`,
  );
  test.info().annotations.push({ type: 'memory', description: `${before} then ${after} bytes` });
  expect(before).toBeGreaterThan(5e7);
  expect(Math.max(before, after)).toBeLessThan(mostMemory);
});
