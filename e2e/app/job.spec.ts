// The main job on the bundled base, in the production build: pictures, graft, compare, export, open again, resume.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { planToFragment } from '../../src/plan/url.ts';
import { openApp, shortPlan, slotOf, waitForPictures, window4 } from './app.ts';

test('images of the base come by themselves, with progress', async ({ page }) => {
  const started = Date.now();
  await openApp(page, shortPlan());
  await waitForPictures(page);
  await expect(page.locator('[data-picture^="original-"]')).toHaveCount(16, { timeout: 60_000 });
  test.info().annotations.push({ type: 'first picture', description: `${Date.now() - started} ms` });
});

test('graft, read the change, export, and open the exported file again', async ({ page }) => {
  // Most of it goes into the pictures that the distance is measured on.
  test.setTimeout(1_500_000);
  await openApp(page, shortPlan({ 'blocks.3.attn': window4 }));
  await waitForPictures(page);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: /^Run/ }).click();
  await expect(page.getByText(/of the pretraining compute/)).toBeVisible({ timeout: 1_200_000 });
  await expect(page.getByText(/Distance over \d+ images of equal seeds/)).toBeVisible();

  await page.locator('[data-command="file.export"]').first().click();
  const card = page.locator('[data-format="safetensors"]');
  await card.getByRole('button', { name: 'Write and check' }).click();
  await expect(card).toContainText('Largest deviation 0', { timeout: 120_000 });
  const download = page.waitForEvent('download');
  await card.getByRole('button', { name: /^Save/ }).click();
  const path = await (await download).path();
  await page.keyboard.press('Escape');

  // Back to the untouched base, to see that the file alone brings the graft back.
  await page.goto(`/#${planToFragment(shortPlan())}`);
  await page.reload();
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
  await waitForPictures(page);
  const bytes = await readFile(path);
  await page.evaluate(async (data) => {
    const file = new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], 'graft.safetensors');
    const transfer = new DataTransfer();
    transfer.items.add(file);
    for (const kind of ['dragenter', 'dragover', 'drop']) {
      window.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, bytes.toString('base64'));
  await expect(slotOf(page, 'blocks.3.attn')).toHaveClass(/slot--grafted/, { timeout: 60_000 });
});

test('a reload in the middle of a run offers to resume it, and cancel keeps what was learned', async ({
  page,
}) => {
  await openApp(page, shortPlan({ 'blocks.2.attn': window4 }, { stage1: 400, stage2: 1 }));
  await waitForPictures(page);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: /Run/ }).click();
  // The third step is known to have been taken.
  await expect(page.locator('[data-job]').first()).toContainText(/(?:[3-9]|\d\d+)\/400/, {
    timeout: 180_000,
  });
  // Hiding the tab saves the run at once.
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await page.waitForTimeout(3000);
  await page.reload();
  const offer = page.locator('[data-offer="resume"]');
  await expect(offer).toBeVisible({ timeout: 60_000 });
  await offer.getByRole('button').first().click();
  await expect(page.locator('[data-command="run.stop"]').first()).toBeEnabled({ timeout: 120_000 });
});

test('a wrong file gets one sentence and changes nothing', async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.1.attn': window4 }));
  await waitForPictures(page);
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['not a model at all'], 'holiday.safetensors'));
    for (const kind of ['dragenter', 'dragover', 'drop']) {
      window.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  });
  await expect(page.locator('[data-toast="error"]')).toBeVisible({ timeout: 30_000 });
  await expect(slotOf(page, 'blocks.1.attn')).toHaveClass(/slot--grafted/);
});
