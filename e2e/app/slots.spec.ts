// Several slots at once: chosen by mouse or keyboard, replaced by drop or by name, and one undo for all of them.
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import type { SlotId } from '../../src/plan/plan.ts';
import { drag, openApp, shortPlan, slotOf, waitForPictures, window4 } from './app.ts';
import { dropFile } from './files.ts';

async function expectSelected(page: Page, slots: readonly SlotId[]): Promise<void> {
  await expect(page.locator('[data-slot][aria-pressed="true"]')).toHaveCount(slots.length);
  for (const slot of slots) await expect(slotOf(page, slot)).toHaveAttribute('aria-pressed', 'true');
}

async function expectGrafted(page: Page, slots: readonly SlotId[], operator: string): Promise<void> {
  for (const slot of slots) await expect(slotOf(page, slot)).toContainText(operator);
  await expect(page.locator('.slot--grafted')).toHaveCount(slots.length);
}

test('Shift-click selects a range; a drop on one of it goes to all, and one undo restores all', async ({
  page,
}) => {
  await openApp(page, shortPlan());
  const range = ['blocks.0.attn', 'blocks.1.attn', 'blocks.2.attn'] as const;
  await slotOf(page, range[0]).click();
  await slotOf(page, range[2]).click({ modifiers: ['Shift'] });
  await expectSelected(page, range);
  await drag(page, '[data-operator="swa"]', range[1]);
  await expectGrafted(page, range, 'Sliding window');
  await page.keyboard.press('Control+z');
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
  await page.keyboard.press('Control+Shift+z');
  await expectGrafted(page, range, 'Sliding window');
});

test('Shift+Down extends the selection; replacing by name is one edit', async ({ page }) => {
  const kept = { 'blocks.1.attn': window4 } as const;
  await openApp(page, shortPlan(kept));
  const range = ['blocks.0.attn', 'blocks.1.attn', 'blocks.2.attn', 'blocks.3.attn'] as const;
  await slotOf(page, range[0]).focus();
  await page.keyboard.press('Space');
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowDown');
  await expectSelected(page, range);
  await page.keyboard.press('r');
  await page.keyboard.type('hyena-y');
  await page.keyboard.press('Enter');
  await expectGrafted(page, range, 'Hyena-Y');
  // The undo brings back what each slot held before, not only the teacher.
  await page.keyboard.press('Control+z');
  await expectGrafted(page, ['blocks.1.attn'], 'Sliding window');
});

test('Ctrl-click adds single slots; an operator goes to those of its kind', async ({ page }) => {
  await openApp(page, shortPlan());
  await slotOf(page, 'blocks.0.attn').click();
  await slotOf(page, 'blocks.2.attn').click({ modifiers: ['ControlOrMeta'] });
  await slotOf(page, 'blocks.1.mlp').click({ modifiers: ['ControlOrMeta'] });
  await expectSelected(page, ['blocks.0.attn', 'blocks.2.attn', 'blocks.1.mlp']);
  await drag(page, '[data-operator="hyena_x"]', 'blocks.2.attn');
  await expectGrafted(page, ['blocks.0.attn', 'blocks.2.attn'], 'Hyena-X');
  await page.keyboard.press('x');
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expectGrafted(page, ['blocks.0.attn', 'blocks.2.attn'], 'Hyena-X');
});

test('a mixed plan, made by mouse, is grafted and its change is shown', async ({ page }) => {
  // Most of it goes into the pictures that the distance is measured on.
  test.setTimeout(1_500_000);
  await openApp(page, shortPlan());
  await drag(page, '[data-operator="swa"]', 'blocks.3.attn');
  await expect(slotOf(page, 'blocks.3.attn')).toContainText('Sliding window');
  await slotOf(page, 'blocks.0.attn').click();
  await slotOf(page, 'blocks.1.attn').click({ modifiers: ['Shift'] });
  await drag(page, '[data-operator="hyena_x"]', 'blocks.1.attn');
  for (const slot of ['blocks.0.attn', 'blocks.1.attn'] as const) {
    await expect(slotOf(page, slot)).toContainText('Hyena-X');
  }
  await drag(page, '[data-operator="mlp"][data-variant="3"]', 'blocks.2.mlp');
  await expect(slotOf(page, 'blocks.2.mlp')).toContainText('ratio 3');
  await expect(page.locator('.slot--grafted')).toHaveCount(4);

  await page.locator('[data-command="run.graft"]').click();
  await expect(page.locator('[data-job]')).toHaveCount(4);
  await expect(page.getByText(/of the pretraining compute/)).toBeVisible({ timeout: 1_200_000 });
  const row = (name: string) =>
    page.locator('[data-results]').evaluate((results, wanted) => {
      const cells = [...results.children];
      const at = cells.findIndex((cell) => cell.textContent === wanted);
      return cells.slice(at + 1, at + 4).map((cell) => cell.textContent);
    }, name);
  const number = expect.stringMatching(/^\d+\.\d\d$/);
  expect(await row('FD (Fashion-MNIST CNN)')).toEqual([number, number, expect.stringMatching(/%$/)]);
  const counted = expect.stringMatching(/^\d+(\.\d+)? [KMG]$/);
  expect(await row('Parameters')).toEqual([counted, counted, expect.stringMatching(/%$/)]);
  expect(await row('MACs per image')).toEqual([counted, counted, expect.stringMatching(/^−.*%$/)]);
  const milliseconds = expect.stringMatching(/^\d+\.\d\d ms$/);
  await expect
    .poll(() => row('Measured'), { timeout: 120_000 })
    .toEqual([milliseconds, milliseconds, expect.stringMatching(/%$/)]);
});

test('a generated start is offered where the generator knows the slot, and shown beside trained ones', async ({
  page,
}) => {
  await openApp(page, shortPlan({ 'blocks.1.attn': window4, 'blocks.3.attn': window4 }));
  await waitForPictures(page);
  await slotOf(page, 'blocks.1.attn').click();
  await expect(page.getByRole('radio', { name: /^Generated/ })).toBeVisible({ timeout: 120_000 });
  const table = page.getByRole('table', { name: 'Generated weights beside trained ones' });
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(table).toContainText(/\d\.\d\d×/);
  await expect(page.locator('[data-written]')).toContainText(/nearest of 20 trained is Sliding window/);
  // The layer that was held out from the generator's training.
  await slotOf(page, 'blocks.3.attn').click();
  await expect(
    page.getByText('The weight generator does not know this operator in this layer.'),
  ).toBeVisible();
  await expect(page.getByRole('radio', { name: /^Generated/ })).toHaveCount(0);
});

test('a model that the generator of operators was not made for says so', async ({ page }) => {
  await openApp(page, shortPlan());
  await waitForPictures(page);
  const path = new URL('../../src/cli/golden-data/dit/checkpoints/dit.ema.pt', import.meta.url);
  await dropFile(page, { name: 'dit.ema.pt', bytes: new Uint8Array(await readFile(path)) });
  await expect(page.locator('[data-no-pictures]')).toBeVisible({ timeout: 120_000 });
  await drag(page, '[data-operator="swa"]', 'blocks.1.attn');
  await slotOf(page, 'blocks.1.attn').click();
  await expect(page.getByText('Generated starts need a weight generator of operators')).toBeVisible();
  await expect(page.getByRole('radio', { name: /^Generated/ })).toHaveCount(0);
});
