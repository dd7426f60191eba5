// The first visit: a finished graft with its curves and pictures before the trainer has computed anything, and a tour of
// three marks that comes once.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openApp, shortPlan, slotOf, window4 } from './app.ts';

test.use({ storageState: { cookies: [], origins: [] } });

const mark = (page: Page, at: number) => page.getByRole('region', { name: `Tour, ${at} of 3` });

test('a first visit shows a finished graft at once', async ({ page }) => {
  // The trainer never comes: whatever is on the screen was not computed here.
  await page.route(/trainer\.worker/, () => new Promise(() => undefined));
  await page.goto('/');
  for (const block of [1, 3, 5, 7] as const)
    await expect(slotOf(page, `blocks.${block}.attn`)).toContainText('Sliding window');
  await expect(page.locator('[data-demo]').first()).toContainText('Demo · ONNX Runtime');
  await expect(page.locator('[data-job="blocks.3.attn"]')).toContainText('flat at');
  await expect(page.locator('[data-results]')).toContainText(/27\.05.*29\.22.*\+8\.0/s);
  await expect(page.locator('[data-picture="graft-0"] canvas')).toBeVisible();
  await expect(page.locator('[data-demo-pictures]')).toBeVisible();
  await page.getByRole('tab', { name: 'Curves' }).click();
  await expect(page.locator('.curves-pane canvas').first()).toBeVisible();
});

test('the tour has three marks, comes once, and again when asked', async ({ page }) => {
  await page.goto('/');
  await expect(mark(page, 1)).toContainText('Drag an operator onto a slot');
  const axe = await new AxeBuilder({ page }).include('[data-coach]').analyze();
  expect(axe.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  // First in the tab order, and it took no focus by itself.
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  await page.keyboard.press('Tab');
  await expect(mark(page, 1).getByRole('button', { name: 'Skip' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(mark(page, 2)).toContainText('Graft trains what is new');
  await page.keyboard.press('Enter');
  await expect(mark(page, 3)).toContainText('Compare, from the same seeds');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-coach]')).toHaveCount(0);

  await page.waitForFunction(() => localStorage.getItem('scion.plan') !== null);
  await page.reload();
  await expect(slotOf(page, 'blocks.1.attn')).toContainText('Sliding window');
  await expect(page.locator('[data-coach]')).toHaveCount(0);
  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('menuitem', { name: 'Show the tour again' }).click();
  await expect(mark(page, 1).getByRole('button', { name: 'Next' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-coach]')).toHaveCount(0);
});

test('the demo has its measured distance and weights of its own', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('[data-results]')).toContainText('FD (Fashion-MNIST CNN)', { timeout: 120_000 });
  await expect(page.locator('[data-results]')).toContainText(/27\.05.*29\.22.*\+8\.0/s);
  // Drawn here, with the weights that came with the page.
  await expect(page.locator('[data-graft-weights]')).toContainText('weights of the file', {
    timeout: 300_000,
  });
  await page.keyboard.press('Control+z');
  await expect(slotOf(page, 'blocks.1.attn')).not.toContainText('Sliding window');
});

test("a person's own plan is left alone", async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.2.attn': window4 }));
  await expect(slotOf(page, 'blocks.2.attn')).toContainText('Sliding window');
  await expect(slotOf(page, 'blocks.1.attn')).not.toContainText('Sliding window');
  await expect(page.locator('[data-coach], [data-demo]')).toHaveCount(0);
});
