// Files that leave and come back: every export with its check, ONNX opened again, model folders, pasted links.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { memorySource } from '../../src/formats/byteSource.ts';
import { decodeOnnx } from '../../src/formats/onnxModel.ts';
import { decodePng } from '../../src/formats/png.ts';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.ts';
import { readStored, readZipDirectory } from '../../src/formats/zipArchive.ts';
import { f32, type Tensor } from '../../src/lib/tensor.ts';
import { diffusersNames } from '../../src/models/names.ts';
import { planHash } from '../../src/plan/hash.ts';
import { planFromFragment, planToFragment } from '../../src/plan/url.ts';
import { parsePlanText } from '../../src/plan/validate.ts';
import { openApp, paste, shortPlan, slotOf, waitForPictures, window4 } from './app.ts';
import { type Dropped, dropFile, inheritingWindows } from './files.ts';

const plan = shortPlan({
  'blocks.3.attn': window4,
  'blocks.4.mlp': { operator: 'mlp', config: { ratio: 3 }, initialisation: 'auto' },
});

const kinds = ['safetensors', 'onnx', 'pytorch', 'yaml', 'png', 'html'] as const;
const checks: Readonly<Record<(typeof kinds)[number], RegExp>> = {
  safetensors: /Largest deviation 0 over 6 inputs\. Read back from its bytes, every weight unchanged/,
  onnx: /Largest deviation [\d.]+(e−\d+)? over 6 inputs\. Opened from its bytes/,
  pytorch:
    /all \d+ tensors with their shapes, every weight unchanged, and the plan\. Python does not run in a browser/,
  yaml: /8 files, and 2 of 2 slots come back with their operators and configs\./,
  png: /Decoded again: all \d+ × \d+ pixels unchanged, and the plan inside has the same hash\./,
  html: /Read again: the plan inside has the same hash, 1 picture and 0 curves are in the file/,
};

async function written(page: Page, kind: (typeof kinds)[number]): Promise<Dropped> {
  const card = page.locator(`[data-format="${kind}"]`);
  await card.getByRole('button', { name: 'Write and check' }).click();
  await expect(card).toContainText(checks[kind], { timeout: 300_000 });
  const save = card.getByRole('button', { name: /^Save, [\d.]+/ });
  const saved = page.waitForEvent('download');
  await save.click();
  const download = await saved;
  return {
    name: download.suggestedFilename(),
    bytes: new Uint8Array(await readFile(await download.path())),
  };
}

async function filesIn({ name, bytes }: Dropped): Promise<Map<string, Uint8Array>> {
  const source = memorySource(bytes, name);
  const files = new Map<string, Uint8Array>();
  for (const [path, entry] of await readZipDirectory(source)) {
    files.set(path.slice(path.indexOf('/') + 1), await readStored(source, entry));
  }
  return files;
}

test('every export is listed, written, checked on the spot, and holds what it says', async ({ page }) => {
  await openApp(page, plan);
  await waitForPictures(page);
  await expect(page.locator('[data-picture^="original-"]')).toHaveCount(16, { timeout: 120_000 });
  await page.locator('[data-command="file.export"]').first().click();
  await expect(page.getByRole('dialog', { name: 'Export' }).locator('[data-format]')).toHaveCount(
    kinds.length + 1,
  );
  const { violations } = await new AxeBuilder({ page }).include('dialog.export').analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);

  const hash = planHash(plan);
  const weights = await written(page, 'safetensors');
  const { metadata, tensors } = await readSafetensors(memorySource(weights.bytes, weights.name));
  expect(metadata.scion_plan_hash).toBe(hash);

  const onnx = await written(page, 'onnx');
  expect(decodeOnnx(onnx.bytes).metadata.scion_plan_hash).toBe(hash);

  const pytorch = await filesIn(await written(page, 'pytorch'));
  expect([...pytorch.keys()]).toEqual([
    'README.md',
    'model.py',
    'plan.json',
    'check.safetensors',
    'model.safetensors',
  ]);
  const text = (files: Map<string, Uint8Array>, name: string) => new TextDecoder().decode(files.get(name));
  expect(text(pytorch, 'model.py')).toContain('class SlidingWindowAttention(nn.Module)');
  expect(planHash(parsePlanText(text(pytorch, 'plan.json')))).toBe(hash);
  runModel(pytorch);

  const yaml = await filesIn(await written(page, 'yaml'));
  expect([...yaml.keys()].filter((name) => name.startsWith('configs/sequence_mixers/swa_'))).toHaveLength(1);

  const png = await written(page, 'png');
  expect(planHash(parsePlanText(decodePng(png.bytes).text.scion_plan ?? ''))).toBe(hash);

  const report = await written(page, 'html');
  const html = new TextDecoder().decode(report.bytes);
  expect(html).toContain(hash);
  expect(tensors.size).toBeGreaterThan(50);
  await page.keyboard.press('Escape');

  // The report stands on its own: nothing is asked of the network when it is opened.
  const alone = await page.context().newPage();
  const asked: string[] = [];
  alone.on('request', (request) => asked.push(request.url()));
  await alone.setContent(html);
  await expect(alone.getByRole('heading', { level: 1 })).toContainText('2 of its slots grafted');
  expect(
    await alone
      .locator('img')
      .evaluateAll((all) => all.map((img) => (img as HTMLImageElement).naturalWidth > 0)),
  ).toEqual([true]);
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([]);
  await alone.close();
});

/** Runs model.py where Python has torch; says so where it has not. */
function runModel(files: Map<string, Uint8Array>): void {
  const python = process.env.PYTHON ?? 'python3';
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
  } catch {
    console.log(`model.py was not run: ${python} has no torch.`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'scion-formats-'));
  try {
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    const printed = execFileSync(python, ['model.py'], { cwd: folder, encoding: 'utf8' });
    console.log(printed.trim());
    expect(Number(/eps (\S+)/.exec(printed)?.[1])).toBeLessThan(1e-3);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('an exported ONNX file brings plan and weights back', async ({ page }) => {
  await openApp(page, plan);
  await waitForPictures(page);
  await page.locator('[data-command="file.export"]').first().click();
  const onnx = await written(page, 'onnx');
  await page.keyboard.press('Escape');
  await page.goto(`/#${planToFragment(shortPlan())}`);
  await page.reload();
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
  await waitForPictures(page);
  await dropFile(page, onnx);
  await expect(slotOf(page, 'blocks.3.attn')).toHaveClass(/slot--grafted/, { timeout: 120_000 });
  await expect
    .poll(async () => {
      const opened = planFromFragment(await page.evaluate(() => location.hash));
      return opened && planHash(opened);
    })
    .toBe(planHash(plan));
  // The weights came too: the graft is drawn with them.
  await expect(page.locator('[data-picture="graft-0"] canvas')).toBeVisible({ timeout: 120_000 });
});

test('a Hugging Face folder with shards opens as a model, and says what is left out', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'scion-folder-'));
  try {
    const top = join(folder, 'dit-fashion');
    await diffusersFolder(top);
    await openApp(page, shortPlan());
    await waitForPictures(page);
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('model folder');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(top);
    await expect(page.getByRole('button', { name: /^Base model dit-fashion/ })).toBeVisible({
      timeout: 120_000,
    });
    await page.getByRole('tab', { name: /^Problems/ }).click();
    await expect(page.locator('[data-problem="unknown-tensors"]')).toContainText(
      '1 tensor of dit-fashion belongs to no part of the model and is left out: rope.inv_freq (frequencies of a rotary position code).',
      { timeout: 120_000 },
    );
    // It is the base under other names, so that it draws.
    await page.getByRole('tab', { name: /^Images/ }).click();
    await expect(page.locator('[data-picture="original-15"] canvas')).toBeVisible({ timeout: 180_000 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The bundled base under diffusers' names, in two shards with an index, and one tensor that is none of its. */
async function diffusersFolder(top: string): Promise<void> {
  const path = new URL('../../public/models/dit-fashion-mnist.safetensors', import.meta.url);
  const base = await readSafetensors(memorySource(new Uint8Array(await readFile(path)), 'base'));
  const renamed: [string, Tensor][] = [['rope.inv_freq', f32([4], [1, 2, 3, 4])]];
  for (const [name, { shape, data }] of base.tensors) {
    const parts = diffusersNames(name) ?? [];
    const size = data.length / Math.max(1, parts.length);
    parts.forEach((part, i) => {
      const rows = (shape[0] ?? 0) / parts.length;
      renamed.push([
        part,
        f32([rows, ...shape.slice(1)], Float32Array.from(data.subarray(i * size, (i + 1) * size))),
      ]);
    });
  }
  const half = Math.floor(renamed.length / 2);
  const shards = {
    'model-1.safetensors': renamed.slice(0, half),
    'model-2.safetensors': renamed.slice(half),
  };
  mkdirSync(top);
  for (const [name, tensors] of Object.entries(shards)) {
    writeFileSync(join(top, name), writeSafetensors(Object.fromEntries(tensors), {}, { dtype: 'f32' }));
  }
  const weightMap = Object.fromEntries(
    Object.entries(shards).flatMap(([shard, tensors]) => tensors.map(([name]) => [name, shard])),
  );
  writeFileSync(join(top, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
  const config = {
    _class_name: 'DiTTransformer2DModel',
    num_attention_heads: Number(base.metadata.num_heads),
    sample_size: Number(base.metadata.input_size),
  };
  writeFileSync(join(top, 'config.json'), JSON.stringify(config));
}

test('a pasted link opens its plan; other text is left alone', async ({ page }) => {
  await openApp(page, shortPlan());
  await paste(page, 'just words');
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
  await paste(page, `https://example.org/#${planToFragment(plan)}`);
  await expect(page.locator('.slot--grafted')).toHaveCount(2);
});

test('a project is saved with its weights, and opens with them in another browser', async ({
  page,
  browser,
}) => {
  const grafted = shortPlan({ 'blocks.1.attn': window4 });
  await openApp(page, shortPlan());
  await waitForPictures(page);
  await dropFile(page, await inheritingWindows(grafted));
  await expect(page.locator('.slot--grafted')).toHaveCount(1, { timeout: 120_000 });
  await page.getByRole('button', { name: 'Export and save' }).click();
  const saved = page.waitForEvent('download', { timeout: 400_000 });
  await page.getByRole('menuitem', { name: /Save the project with its weights/ }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/\.graft\.zip$/);
  const bytes = await readFile(await download.path());
  await expect(
    page.getByText(/is saved: every plan, with its figures, and the weights of one\./).first(),
  ).toBeVisible();

  const context = await browser.newContext();
  const elsewhere = await context.newPage();
  await openApp(elsewhere, shortPlan());
  await waitForPictures(elsewhere);
  await dropFile(elsewhere, { name: 'windows.graft.zip', bytes });
  await expect(
    elsewhere
      .getByText('windows.graft.zip is open as a project of its own, with the weights of one plan.')
      .first(),
  ).toBeVisible({ timeout: 240_000 });
  await expect(elsewhere.locator('.slot--grafted')).toHaveCount(1);
  await context.close();
});
