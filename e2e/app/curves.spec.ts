// Curves of a real run of few steps: tiles, shared reading, zoom, table, CSV, log, and no findings of axe in both themes.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openApp, shortPlan, slotOf, waitForPictures, window4 } from './app.ts';

test.describe.configure({ mode: 'serial' });

let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(1_200_000);
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  page = await context.newPage();
  await openApp(
    page,
    shortPlan({ 'blocks.1.attn': window4, 'blocks.6.mlp': mlp3 }, { stage1: 8, stage2: 3 }),
  );
  await waitForPictures(page);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: 'Curves' }).click();
  await expect(page.locator('[data-curve="stage2"]')).toBeVisible({ timeout: 900_000 });
});

test.afterAll(async () => {
  await page.context().close();
});

const mlp3 = { operator: 'mlp', config: { ratio: 3 }, initialisation: 'auto' } as const;
const tile = (series: string) => page.locator(`[data-curve="${series}"]`);

test('one tile a slot and one for the fine-tune, each with its last value', async () => {
  await expect(page.locator('[data-curve]')).toHaveCount(3);
  for (const series of ['blocks.1.attn', 'blocks.6.mlp', 'stage2']) {
    await expect(tile(series).locator('canvas')).toBeVisible();
    await expect(tile(series).locator('.values .num')).toHaveText(/^\d[\d.]*$/);
  }
});

test('the pointer over one curve reads all of its stage and shows the slot on the canvas', async () => {
  const plot = tile('blocks.1.attn').locator('.u-over');
  const box = await plot.boundingBox();
  if (!box) throw new Error('the plot is not on the screen');
  await page.mouse.move(box.x + box.width * 0.3, box.y + 10);
  await page.mouse.move(box.x + box.width * 0.4, box.y + 12);
  await expect(slotOf(page, 'blocks.1.attn')).toHaveClass(/is-read/);
  await expect(tile('blocks.1.attn').getByRole('slider')).toHaveAttribute('aria-valuetext', /^step [1-7]: /);
  await expect(tile('blocks.6.mlp').getByRole('slider')).toHaveAttribute('aria-valuetext', /^step [1-7]: /);
  await page.mouse.move(640, 200);
  await expect(slotOf(page, 'blocks.1.attn')).not.toHaveClass(/is-read/);
});

test('a drag zooms all curves of the stage, a double click shows everything again', async () => {
  const box = await tile('blocks.1.attn').locator('.u-over').boundingBox();
  if (!box) throw new Error('the plot is not on the screen');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.25, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, y, { steps: 6 });
  await page.mouse.up();
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeVisible();
  await expect(tile('blocks.6.mlp').getByRole('slider')).not.toHaveAttribute('aria-valuemin', '0');
  await page.mouse.dblclick(box.x + box.width / 2, y);
  await expect(tile('blocks.6.mlp').getByRole('slider')).toHaveAttribute('aria-valuemin', '0');
});

test('arrow keys pin a step, Escape takes the pin away', async () => {
  const slider = tile('blocks.6.mlp').getByRole('slider');
  await slider.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: 'Unpin step 2' })).toBeVisible();
  await expect(slider).toHaveAttribute('aria-valuetext', /^step 2: /);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /Unpin/ })).toHaveCount(0);
});

test('the table has a row a series, and the CSV a line a point', async () => {
  const toggle = page.getByRole('button', { name: 'Curves: show lines or a table' });
  await toggle.click();
  const table = page.getByRole('table', { name: 'Curves as numbers' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(table.getByRole('row', { name: /Block 1 attention/ })).toContainText('8');
  await page.getByRole('button', { name: 'Curves: copy all points as CSV' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('held_out');
  const lines = (await page.evaluate(() => navigator.clipboard.readText())).trim().split('\n');
  // Two slots with their start and eight steps, three steps of the fine-tune once they are through, and the header.
  expect(lines.length).toBeGreaterThanOrEqual(1 + 2 * 9 + 1);
  // The plan's name, in quotes, may have commas of its own.
  expect(lines[1]?.replace(/"[^"]*"/g, 'name').split(',')).toHaveLength(7);
  await toggle.click();
});

test('errors by timestep have ten bars a slot', async () => {
  await page.getByRole('radio', { name: 'By timestep' }).click();
  const bars = page.getByRole('img', { name: /Block 6 MLP, relative error by timestep/ });
  await expect(bars).toBeVisible();
  await expect(bars.locator('g')).toHaveCount(10);
  await page.getByRole('radio', { name: 'Loss' }).click();
});

test('the log tells the stages', async () => {
  await page.getByRole('tab', { name: 'Log' }).click();
  const log = page.getByRole('region', { name: 'Entries of the log' });
  await expect(log).toContainText('Stage 1: distilling');
  await expect(log).toContainText('Stage 2: fine-tuning');
  await expect(log).toContainText('is open.');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious in curves, table and log, ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme });
    for (const tab of ['Curves', 'Log']) {
      await page.getByRole('tab', { name: tab }).click();
      const { violations } = await new AxeBuilder({ page }).include('.dock').analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(
        serious.map(({ id, nodes }) => `${tab} ${id}: ${nodes.map(({ target }) => target).join(' ')}`),
      ).toEqual([]);
    }
  });
}
