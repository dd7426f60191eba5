// Editing by mouse and by keyboard: drop, refusal, many at once, undo and redo, the plan in the address.
import { expect, test } from '@playwright/test';
import { drag, openApp, shortPlan, slotOf, window4 } from './app.ts';

test('a drop on a fitting slot replaces the operator; undo and redo', async ({ page }) => {
  await openApp(page, shortPlan());
  await drag(page, '[data-operator="swa"]', 'blocks.3.attn');
  await expect(slotOf(page, 'blocks.3.attn')).toHaveClass(/slot--grafted/);
  await expect(slotOf(page, 'blocks.3.attn')).toContainText('Sliding window');
  await expect.poll(() => page.url()).toContain('plan=');
  await page.keyboard.press('Control+z');
  await expect(slotOf(page, 'blocks.3.attn')).not.toHaveClass(/slot--grafted/);
  await page.keyboard.press('Control+Shift+z');
  await expect(slotOf(page, 'blocks.3.attn')).toHaveClass(/slot--grafted/);
});

test('a wrong slot says why while hovering and takes nothing', async ({ page }) => {
  await openApp(page, shortPlan());
  await drag(page, '[data-operator="hyena_x"]', 'blocks.2.mlp', false);
  await expect(page.getByText(/mixes tokens/).first()).toBeVisible();
  await page.mouse.up();
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
});

test('the keyboard replaces the operator of a focused slot', async ({ page }) => {
  await openApp(page, shortPlan());
  await slotOf(page, 'blocks.1.attn').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('r');
  await expect(page.getByPlaceholder(/Replace Block 1 attention with/i)).toBeFocused();
  await page.keyboard.type('hyena-x');
  await expect(page.getByRole('option').first()).toContainText('Hyena-X');
  await page.keyboard.press('Enter');
  await expect(slotOf(page, 'blocks.1.attn')).toContainText('Hyena-X');
  await page.keyboard.press('x');
  await expect(slotOf(page, 'blocks.1.attn')).not.toHaveClass(/slot--grafted/);
});

test('a link restores the plan, a reload keeps it, and a damaged link gets a sentence', async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.5.attn': window4 }));
  await expect(slotOf(page, 'blocks.5.attn')).toHaveClass(/slot--grafted/);
  await page.reload();
  await expect(slotOf(page, 'blocks.5.attn')).toHaveClass(/slot--grafted/);
  await page.goto('/#plan=%7Bdamaged');
  await page.reload();
  await expect(page.locator('[data-toast="error"]')).toBeVisible();
});
