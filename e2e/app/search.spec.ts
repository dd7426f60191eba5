// Search over plans on the bundled base: measure in the background, ask for a budget, load a point, take it back.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openApp, shortPlan } from './app.ts';

/** Only the MLP of ratio 3 is measured: eight slots, enough to save ten percent. */
async function measureOneOperator(page: Page): Promise<void> {
  await openApp(page, shortPlan());
  await page.getByRole('tab', { name: 'Search' }).click();
  const pane = page.getByRole('region', { name: 'Sensitivity' });
  for (const name of [
    /Sliding window attention, ± 4/,
    /Hyena-SE, 4/,
    /Hyena-X, 4/,
    /Hyena-Y, 4/,
    /MLP, ratio 2/,
  ]) {
    await pane.getByRole('checkbox', { name }).uncheck();
  }
  await pane.getByRole('button', { name: 'Measure the sensitivity of every slot' }).click();
  await expect(pane.getByRole('status')).toBeVisible();
  // All eight slots, and the times that latency is added up from.
  await expect(pane.locator('.strip-cell[data-change]')).toHaveCount(8, { timeout: 500_000 });
  await expect(pane.getByRole('status')).toBeHidden({ timeout: 120_000 });
}

const pointOf = (page: Page) => page.locator('.pareto-point.is-best');

test('a budget gives a plan that pays it, a click loads it, and one undo takes it back', async ({ page }) => {
  await measureOneOperator(page);
  const budget = page.getByRole('region', { name: 'Budget' });
  const saving = budget.getByRole('textbox', { name: 'Least saving in percent' });
  await saving.fill('10');
  await saving.press('Enter');
  // Every MLP of ratio 3 saves 1.9 % of the model's MACs, so that six of eight slots are needed.
  await expect(budget).toContainText('6 × MLP, ratio 3');
  await expect(budget).toContainText(/97\.7 MMAC\s*−11 %/);

  await pointOf(page).click();
  await expect(page.locator('.slot--grafted')).toHaveCount(6);
  await expect(pointOf(page)).toHaveClass(/is-present/);
  await page.keyboard.press('Control+z');
  await expect(page.locator('.slot--grafted')).toHaveCount(0);

  // The keyboard walks the points and loads one too.
  const points = page.locator('.pareto-point');
  await points.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(points.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page.locator('.slot--grafted')).toHaveCount(8);

  // Attention is a small share at 64 tokens: what was measured cannot save a third, and the tool says so.
  await saving.fill('33');
  await saving.press('Enter');
  await expect(budget.getByRole('status')).toContainText(/The smallest plan costs 93\.5 MMAC \(−15 %\)/);
  await expect(pointOf(page)).toHaveCount(0);

  // Latency is that of this machine, from times measured in the same go.
  await budget.getByRole('radio', { name: 'Latency' }).click();
  await expect(page.getByRole('table', { name: 'Plans by cost' })).toContainText(/\d ms/);

  // What was measured is there after a reload, without measuring again.
  await page.reload();
  await page.getByRole('tab', { name: 'Search' }).click();
  await expect(page.locator('.strip-cell[data-change]')).toHaveCount(8, { timeout: 120_000 });

  const { violations } = await new AxeBuilder({ page }).include('#dock-body').analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual([]);
});

test('measuring can be stopped, and the safest slots are replaced in one step', async ({ page }) => {
  await measureOneOperator(page);
  const changes = await page.locator('.strip-cell[data-change]').evaluateAll((cells) =>
    cells.map((cell) => ({
      slot: cell.getAttribute('data-sensitivity') ?? '',
      change: Number(cell.getAttribute('data-change')),
    })),
  );
  const safest = changes.sort((a, b) => a.change - b.change).slice(0, 2);
  await page.getByRole('button', { name: 'Replace the operator of the safest slots' }).click();
  await expect(page.locator('.slot--grafted')).toHaveCount(2);
  for (const { slot } of safest) {
    await expect(page.locator(`[data-slot="${slot}"]`)).toHaveClass(/slot--grafted/);
  }
  // The prediction is held against a measurement of the whole plan.
  await page.getByRole('button', { name: 'Measure how much this plan changes the output' }).click();
  await expect(page.getByText(/untrained, measured was \d\.\d\d × predicted \(1 plan\)/)).toBeVisible({
    timeout: 300_000,
  });
  await page.keyboard.press('Control+z');
  await expect(page.locator('.slot--grafted')).toHaveCount(0);

  const pane = page.getByRole('region', { name: 'Sensitivity' });
  await pane.getByRole('checkbox', { name: /Hyena-X, 4/ }).check();
  await pane.getByRole('button', { name: 'Measure the sensitivity of every slot' }).click();
  await pane.getByRole('button', { name: 'Stop measuring sensitivities' }).click();
  await expect(pane.getByRole('button', { name: 'Measure the sensitivity of every slot' })).toBeVisible({
    timeout: 120_000,
  });
  await expect(page.locator('.strip-cell[data-change]').first()).toBeVisible();
});
