// The main job without a pointer: choose slots, replace, graft, read the change, undo, redo, export.
import { readFile } from 'node:fs/promises';
import { type Download, expect, type Page, test } from '@playwright/test';
import { memorySource } from '../../src/formats/byteSource.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { openApp, shortPlan, slotOf, window4 } from './app.ts';

/** Presses keys one after the other, as `ArrowDown` or `Control+z`. */
async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Opens the list of operators that fit the selected slots and takes the first that the text leaves. */
async function replaceBy(page: Page, text: string, wanted: string): Promise<void> {
  await press(page, 'r');
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
  await page.keyboard.type(text);
  await expect(page.getByRole('dialog').getByRole('option', { selected: true })).toContainText(wanted);
  await press(page, 'Enter');
  await expect(page.getByRole('dialog').getByRole('combobox')).toHaveCount(0);
}

async function runByName(page: Page, text: string, wanted: string): Promise<void> {
  await press(page, 'Control+k');
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
  await page.keyboard.type(text);
  await expect(page.getByRole('dialog').getByRole('option', { selected: true })).toContainText(wanted);
  await press(page, 'Enter');
}

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    window.addEventListener('pointerdown', () => document.documentElement.setAttribute('data-touched', ''), {
      capture: true,
    });
  });
});

test.afterEach(async ({ page }) => {
  await expect(page.locator('html'), 'no pointer was used').not.toHaveAttribute('data-touched');
});

test('graft, compare, undo, redo and export by keyboard alone', async ({ page }) => {
  // Most of it goes into the pictures that the distance is measured on.
  test.setTimeout(1_500_000);
  await openApp(page, shortPlan());

  // The first arrow enters the model at its first slot.
  await press(page, 'ArrowDown', 'ArrowDown');
  await expect(slotOf(page, 'blocks.1.attn')).toBeFocused();
  await replaceBy(page, 'sli', 'Sliding window');
  await expect(slotOf(page, 'blocks.1.attn')).toContainText('Sliding window');
  await expect(slotOf(page, 'blocks.1.attn')).toBeFocused();

  await press(page, 'ArrowDown', 'ArrowDown', 'Shift+ArrowDown');
  await replaceBy(page, 'hyena-x', 'Hyena-X');
  for (const slot of ['blocks.3.attn', 'blocks.4.attn'] as const) {
    await expect(slotOf(page, slot)).toContainText('Hyena-X');
  }
  await runByName(page, 'mlp 3x on 6', 'Put MLP, ratio 3 on Block 6 MLP');
  await expect(slotOf(page, 'blocks.6.mlp')).toContainText('ratio 3');
  await expect(slotOf(page, 'blocks.6.mlp')).toBeFocused();
  await expect(page.locator('.slot--grafted')).toHaveCount(4);

  await press(page, 'Control+Enter');
  await expect(page.getByText(/of the pretraining compute/)).toBeVisible({ timeout: 1_200_000 });
  const results = page.locator('[data-results]');
  const distances = /FD \(Fashion-MNIST CNN\)\s*\d+\.\d\d\s*\d+\.\d\d/;
  await expect(results).toContainText(distances);

  // Undo brings the plan without the MLP; its results are not those of the run. Redo brings both back.
  await press(page, 'Control+z');
  await expect(page.locator('.slot--grafted')).toHaveCount(3);
  await expect(results).not.toContainText('FD (Fashion-MNIST CNN)');
  await press(page, 'Control+Shift+z');
  await expect(page.locator('.slot--grafted')).toHaveCount(4);
  await expect(results).toContainText(distances);

  const slots = await planOf(await exportByKeyboard(page));
  expect(slots).toMatchObject({
    'blocks.1.attn': { operator: 'swa' },
    'blocks.3.attn': { operator: 'hyena_x' },
    'blocks.4.attn': { operator: 'hyena_x' },
    'blocks.6.mlp': { operator: 'mlp', config: { ratio: 3 } },
  });
});

test('the export sheet keeps the focus on the button that writes and then saves', async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.1.attn': window4 }));
  await waitForBase(page);
  expect(await planOf(await exportByKeyboard(page))).toMatchObject({ 'blocks.1.attn': window4 });
});

test('what has the focus can be left and reached again by keyboard', async ({ page }) => {
  await openApp(page, shortPlan());
  await tabTo(page, 'Sliding window');
  await press(page, 'Enter');
  // With nothing selected the chip is in the hand; a slot takes it on Enter, Escape puts it down.
  await tabTo(page, 'Block 0 attention');
  await press(page, 'Enter');
  await expect(slotOf(page, 'blocks.0.attn')).toContainText('Sliding window');
  await press(page, 'x');
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
});

/** From the command palette to the saved file. */
async function exportByKeyboard(page: Page): Promise<Download> {
  await runByName(page, 'export the model', 'Export the model');
  const card = page.locator('[data-format="safetensors"]');
  await tabTo(page, 'Write and check');
  await press(page, 'Enter');
  await expect(card).toContainText(/Largest deviation 0 over \d+ inputs/, { timeout: 300_000 });
  // The focus is still where the person left it: the next Enter saves.
  await expect(card.getByRole('button', { name: /^Save/ })).toBeFocused();
  const saved = page.waitForEvent('download');
  await press(page, 'Enter');
  const download = await saved;
  await press(page, 'Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  return download;
}

/** The slots of the plan that an exported file carries. */
async function planOf(download: Download): Promise<unknown> {
  const bytes = new Uint8Array(await readFile(await download.path()));
  const { metadata } = await readSafetensors(memorySource(bytes, download.suggestedFilename()));
  const plan: unknown = JSON.parse(metadata.scion_plan ?? '');
  expect(plan).toHaveProperty('slots');
  return Object(plan).slots;
}

/** The worker is ready once the base's pictures are there. */
async function waitForBase(page: Page): Promise<void> {
  await runByName(page, 'show the images', 'Show the images');
  await expect(page.locator('[data-picture="original-0"] canvas')).toBeVisible({ timeout: 120_000 });
}

/** Presses Tab until a control whose name begins so has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    const focused = page.locator(':focus');
    const label = (await focused.count()) > 0 ? await focused.first().evaluate(nameOf) : '';
    if (label.startsWith(name)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`60 presses of Tab reach no control called ${name}.`);
}

function nameOf(element: Element): string {
  return element.getAttribute('aria-label') ?? element.textContent ?? '';
}
