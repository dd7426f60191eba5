// One project in two tabs: one changes it, the other looks on until it takes over.
import { expect, test } from '@playwright/test';
import { drag, openApp, shortPlan, slotOf } from './app.ts';

test('a second tab looks on, takes over, and the first one looks on then', async ({ page, context }) => {
  await openApp(page, shortPlan());
  await drag(page, '[data-operator="swa"]', 'blocks.3.attn');
  await expect(slotOf(page, 'blocks.3.attn')).toHaveClass(/slot--grafted/);
  await expect(page.getByText(/^Saved/)).toBeVisible({ timeout: 30_000 });

  const second = await context.newPage();
  await second.goto('/');
  const notice = second.locator('[data-tab-notice]');
  await expect(notice).toContainText(/is open in another tab/, { timeout: 60_000 });
  await expect(slotOf(second, 'blocks.3.attn')).toHaveClass(/slot--grafted/, { timeout: 90_000 });

  // Looking on changes nothing.
  await slotOf(second, 'blocks.3.attn').focus();
  await second.keyboard.press('Space');
  await second.keyboard.press('x');
  await expect(second.locator('[data-toast="error"]')).toContainText(/take it over to change it here/, {
    timeout: 30_000,
  });
  await expect(slotOf(second, 'blocks.3.attn')).toHaveClass(/slot--grafted/);

  // What the first tab does is seen in the second.
  await slotOf(page, 'blocks.3.attn').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('x');
  await expect(slotOf(page, 'blocks.3.attn')).not.toHaveClass(/slot--grafted/);
  await expect(slotOf(second, 'blocks.3.attn')).not.toHaveClass(/slot--grafted/, { timeout: 30_000 });

  await notice.getByRole('button', { name: 'Take over' }).click();
  await expect(notice).toHaveCount(0, { timeout: 30_000 });
  await expect(page.locator('[data-tab-notice]')).toBeVisible({ timeout: 30_000 });
  await second.keyboard.press('Control+z');
  await expect(slotOf(second, 'blocks.3.attn')).toHaveClass(/slot--grafted/);

  await expect(slotOf(page, 'blocks.3.attn')).toHaveClass(/slot--grafted/, { timeout: 30_000 });

  // Closing the tab that has the project gives it back.
  await second.close();
  await expect(page.locator('[data-tab-notice]')).toHaveCount(0, { timeout: 30_000 });
  await slotOf(page, 'blocks.3.attn').focus();
  await page.keyboard.press('x');
  await expect(slotOf(page, 'blocks.3.attn')).not.toHaveClass(/slot--grafted/);
});
