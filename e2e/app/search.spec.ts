// Search over plans on the bundled base: measure in the background, ask for a budget, load a point, take it back.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openApp, shortPlan } from './app.ts';

test.describe.configure({ mode: 'serial' });

let page: Page;

// Measuring takes a minute on two free cores, so that it is done once for all tests.
test.beforeAll(async ({ browser }) => {
  test.setTimeout(900_000);
  const context = await browser.newContext();
  page = await context.newPage();
  // Pictures go before measurements; few of them, few steps.
  await page.addInitScript(() => {
    const settings = { sampleCount: 8, sampleSteps: 2, searchInBackground: false };
    localStorage.setItem('scion.interface', JSON.stringify(settings));
  });
  await openApp(page, shortPlan());
  await page.getByRole('tab', { name: 'Search' }).click();
  const pane = sensitivity();
  // Only the MLP of ratio 3 stays: eight slots, enough to save ten percent.
  for (const name of [/Sliding window/, /Hyena-SE, 4/, /Hyena-X, 4/, /Hyena-Y, 4/, /MLP, ratio 2/]) {
    await pane.getByRole('checkbox', { name }).uncheck();
  }
  await pane.getByRole('button', { name: 'Measure the sensitivity of every slot' }).click();
  await expect(pane.getByRole('status')).toBeVisible();
  // All eight slots, and the times that latency is added up from.
  await expect(cells()).toHaveCount(8, { timeout: 800_000 });
  await expect(pane.getByRole('status')).toBeHidden({ timeout: 120_000 });
});

test.afterAll(() => page.context().close());

const sensitivity = () => page.getByRole('region', { name: 'Sensitivity' });
const budget = () => page.getByRole('region', { name: 'Budget' });
const saving = () => budget().getByRole('textbox', { name: 'Least saving in percent' });
const cells = () => page.locator('.strip-cell[data-change]');
const best = () => page.locator('.pareto-point.is-best');
const grafted = () => page.locator('.slot--grafted');

async function save(percent: string): Promise<void> {
  await saving().fill(percent);
  await saving().press('Enter');
}

test('a budget gives a plan that pays it, a click loads it, and one undo takes it back', async () => {
  await save('10');
  // Every MLP of ratio 3 saves 1.9 % of the model's MACs, so that six of eight slots are needed.
  await expect(budget()).toContainText('6 × MLP, ratio 3');
  await expect(budget()).toContainText(/97\.7 MMAC\s*−11%/);
  await best().click();
  await expect(grafted()).toHaveCount(6);
  await expect(best()).toHaveClass(/is-present/);
  await page.keyboard.press('Control+z');
  await expect(grafted()).toHaveCount(0);
});

test('the keyboard walks the points and loads one', async () => {
  const points = page.locator('.pareto-point');
  await points.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(points.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(grafted()).toHaveCount(8);
  await page.keyboard.press('Control+z');
  await expect(grafted()).toHaveCount(0);
});

test('a budget that no plan meets gets the smallest plan’s cost instead', async () => {
  await save('33');
  await expect(budget().getByRole('status')).toContainText(/The smallest plan costs 93\.5 MMAC \(−15%\)/);
  await expect(best()).toHaveCount(0);
  await save('10');
  await expect(best()).toHaveCount(1);
});

test('latency is that of this machine', async () => {
  await budget().getByRole('radio', { name: 'Latency' }).click();
  await expect(page.getByRole('table', { name: 'Plans by cost' })).toContainText(/\d ms/);
  await budget().getByRole('radio', { name: 'MACs' }).click();
});

test('the safest slots are those that were measured to be, and a prediction is held against a measurement', async () => {
  const changes = await cells().evaluateAll((all) =>
    all.map((cell) => ({
      slot: cell.getAttribute('data-sensitivity') ?? '',
      change: Number(cell.getAttribute('data-change')),
    })),
  );
  await page.getByRole('button', { name: 'Replace the operator of the safest slots' }).click();
  await expect(grafted()).toHaveCount(2);
  for (const { slot } of changes.sort((a, b) => a.change - b.change).slice(0, 2)) {
    await expect(page.locator(`[data-slot="${slot}"]`)).toHaveClass(/slot--grafted/);
  }
  await page.getByRole('button', { name: 'Measure how much this plan changes the output' }).click();
  await expect(page.getByText(/untrained, measured was \d\.\d\d × predicted \(1 plan\)/)).toBeVisible({
    timeout: 400_000,
  });
  await page.keyboard.press('Control+z');
  await expect(grafted()).toHaveCount(0);
});

test('measuring stops when it is told to', async () => {
  const pane = sensitivity();
  await pane.getByRole('checkbox', { name: /Hyena-X, 4/ }).check();
  await pane.getByRole('button', { name: 'Measure the sensitivity of every slot' }).click();
  await pane.getByRole('button', { name: 'Stop measuring sensitivities' }).click();
  await expect(pane.getByRole('button', { name: 'Measure the sensitivity of every slot' })).toBeVisible({
    timeout: 120_000,
  });
});

test('what was measured is there after a reload, and axe finds nothing serious', async () => {
  await page.reload();
  await page.getByRole('tab', { name: 'Search' }).click();
  await expect(cells()).toHaveCount(8, { timeout: 120_000 });
  const { violations } = await new AxeBuilder({ page }).include('#dock-body').analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual([]);
});
