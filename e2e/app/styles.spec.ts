// Styles in the production build, with the bundled nets: a concept changes the picture, a short fine-tune draws its curve
// beside the baselines', bad input and missing files are answered in sentences, and a worker that ends is started again.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { openApp, shortPlan } from './app.ts';

test.describe.configure({ mode: 'serial' });

let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(600_000);
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  page = await context.newPage();
  await openApp(page, shortPlan());
});

test.afterAll(async () => {
  await page.context().close();
});

const patience = { timeout: 180_000 };
const sheet = () => page.getByRole('dialog', { name: 'Styles' });
const concept = () => page.getByRole('combobox', { name: 'Concept' });
const figure = (title: string) => page.locator(`[data-figure="${title}"] canvas`);
const tunedRow = (start: string) => page.locator(`[data-tuned="${start}"]`);

async function ask(phrase: string): Promise<void> {
  await concept().fill(phrase);
  await concept().press('Enter');
}

async function drawn(phrase: string): Promise<void> {
  await expect(page.locator(`[data-drawn="${phrase}"]`)).toBeVisible(patience);
}

/** Every pixel of a canvas. */
function pixels(canvas: Locator): Promise<string> {
  return canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL());
}

test('missing files are told in one sentence, and asked for again', async () => {
  const base = '**/models/generator/base.safetensors';
  await page.route(base, (route) => route.fulfill({ status: 404 }));
  await page.keyboard.press('Shift+S');
  await expect(page.getByRole('alert')).toHaveText(
    'base.safetensors is needed for styles and is not there (base.safetensors could not be fetched: the server answered 404); npm run generator:base makes it.',
    patience,
  );
  await page.unroute(base);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('[data-drawn]')).toBeVisible(patience);
});

test('a concept changes the picture, from whichever start, for whichever emoji', async () => {
  await ask('sepia, strong');
  await drawn('sepia, strong');
  // All starts are drawn after the chosen one, each with its distance before training.
  const starts = page.getByRole('radiogroup', { name: 'Start', exact: true }).getByRole('radio');
  await expect(starts).toHaveCount(6);
  for (const start of await starts.all()) await expect(start).toContainText(/0\.\d+/, patience);
  const chosen = page.locator('[data-start][aria-checked="true"]');
  const sepia = await pixels(chosen.locator('canvas'));

  await ask('negative, strong');
  await drawn('negative, strong');
  expect(await pixels(chosen.locator('canvas'))).not.toBe(sepia);

  await chosen.press('ArrowDown');
  await expect(page.locator('[data-start]:focus')).toHaveAttribute('aria-checked', 'true');
  await expect(page.locator('[data-figure]')).toHaveCount(3);

  const before = await pixels(figure('Original'));
  await page.getByRole('searchbox', { name: 'Search emoji' }).fill('robot');
  await page.getByRole('radio', { name: 'Robot' }).click();
  await expect.poll(() => pixels(figure('Original')), patience).not.toBe(before);
});

test('concepts are picked from a list with keys, and an unknown one names the nearest words', async () => {
  await concept().fill('chalk');
  await expect(page.getByRole('option', { name: /chalk, large/ })).toContainText('new family');
  // Drawn after a rest; the list is still of what was typed.
  await drawn('chalk');
  await expect(page.getByRole('option', { name: /chalk, large/ })).toBeVisible();
  await concept().press('ArrowDown');
  await concept().press('Enter');
  await drawn('chalk, tiny');
  await expect(page.getByRole('listbox')).toBeHidden();

  await ask('halftine');
  await expect(sheet()).toContainText(/No word of "halftine" is known; the nearest known words are halftone/);
  await ask('   ');
  await expect(sheet()).toContainText('Say what the picture should look like');
  await ask('halftone, fine');
  await drawn('halftone, fine');

  // What is no filter is drawn all the same; there is nothing to compare it with or to learn from.
  await ask('snow');
  await drawn('snow');
  await expect(sheet()).toContainText('nothing to compare with');
  await expect(page.getByRole('button', { name: 'Fine-tune', exact: true })).toBeDisabled();
});

test('a short fine-tune draws its curve beside the baselines, and stops when asked', async () => {
  await ask('sepia, strong');
  await drawn('sepia, strong');
  await page.getByRole('radio', { name: '16', exact: true }).click();
  await page.getByRole('button', { name: 'Fine-tune', exact: true }).click();
  for (const start of ['generated', 'nearest', 'mean', 'regressor', 'solved', 'random']) {
    await expect(tunedRow(start).locator('td').nth(2)).toHaveText('16', { timeout: 400_000 });
    await expect(tunedRow(start).locator('td').nth(1)).toHaveText(/0\.\d+/);
  }
  await expect(page.getByText('16 steps from each start')).toBeVisible();
  await expect(page.locator('.tune-plot canvas')).toBeVisible();
  await expect(figure('Fine-tuned')).toBeVisible(patience);
  const random = tunedRow('random').locator('td');
  expect(Number(await random.nth(1).textContent())).toBeLessThan(Number(await random.nth(0).textContent()));

  await page.getByRole('radio', { name: '128', exact: true }).click();
  await page.getByRole('button', { name: 'Fine-tune', exact: true }).click();
  await expect(page.getByText(/, step \d+ of 128/)).toBeVisible(patience);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Stopped; what was learned until then is kept')).toBeVisible(patience);
  // Closing takes nothing away.
  await page.keyboard.press('Escape');
  await expect(sheet()).toBeHidden();
  await page.getByRole('button', { name: 'Open Styles' }).click();
  await expect(page.getByText('Stopped; what was learned until then is kept')).toBeVisible();
});

test('weights are told block by block, and a copy is called one', async () => {
  // Another phrase than the one that was tuned: what is on show is the start itself.
  await ask('negative, strong');
  await drawn('negative, strong');
  await page.locator('[data-start="nearest"]').click();
  await page.getByRole('tab', { name: 'Weights' }).click();
  await expect(page.getByText('Nearest: close to a copy')).toBeVisible(patience);
  const blocks = page.getByRole('slider', { name: 'Blocks of weights' });
  await blocks.press('End');
  await expect(page.locator('.block-reading')).toContainText(/^Block \d+, head.*: norm/);
  await page.getByRole('radio', { name: 'Table' }).click();
  await expect(page.getByRole('table', { name: 'Blocks as numbers' }).getByRole('row').nth(12)).toBeVisible();
  await page.locator('[data-start="mean"]').click();
  await expect(page.getByText('Mean: close to the mean')).toBeVisible(patience);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious in Styles, ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme });
    await concept().click();
    for (const pane of ['Fine-tune', 'Weights']) {
      await page.getByRole('tab', { name: pane }).click();
      if (pane === 'Weights') await expect(page.locator('.blocks')).toBeVisible(patience);
      const { violations } = await new AxeBuilder({ page }).include('dialog.studio').analyze();
      expect(
        violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      ).toEqual([]);
    }
  });
}

test('a worker that ends is started again, with the same concept', async () => {
  await ask('night');
  await drawn('night');
  const worker = page.workers().find((running) => running.url().includes('generator.worker'));
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error('out of luck');
    });
  });
  await expect(page.locator('[data-note="warn"]')).toHaveText(
    /The weight generator stopped unexpectedly \(.*out of luck\)\. Your plan is not concerned\. It was started again\./,
    patience,
  );
  await drawn('night');
});
