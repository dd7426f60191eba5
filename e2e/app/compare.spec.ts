// Comparing real pictures: the control that must not differ, a graft after each stage, every way of looking, PNG out and in.
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { readPngText } from '../../src/formats/pngText.ts';
import { planHash } from '../../src/plan/hash.ts';
import { planToFragment } from '../../src/plan/url.ts';
import { openApp, shortPlan, slotOf, waitForPictures, window4 } from './app.ts';

test.describe.configure({ mode: 'serial' });

const plan = shortPlan({ 'blocks.1.attn': window4, 'blocks.5.attn': window4 }, { stage1: 4, stage2: 2 });
let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(1_800_000);
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, acceptDownloads: true });
  page = await context.newPage();
  await openApp(page, plan);
  await waitForPictures(page);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: 'Compare' }).click();
  // The result is stored before it is scored; the scores are not needed here, and stopping them loses nothing.
  await expect(page.getByRole('progressbar', { name: 'Scoring' })).toBeVisible({ timeout: 1_200_000 });
  await page.locator('[data-command="run.stop"]').first().click();
  await expect(page.getByLabel('Pictures of side C')).toBeVisible({ timeout: 1_200_000 });
  for (const side of ['B', 'C'])
    await expect(page.locator(`tr[data-side="${side}"] td`).first()).toHaveText(/^\d+\.\d\d$/, {
      timeout: 300_000,
    });
});

test.afterAll(async () => {
  await page.context().close();
});

const mode = (name: string) => page.getByRole('radio', { name, exact: true }).click();

test('original, stage 1 and stage 2 differ, and say by how much', async () => {
  const mean = async (side: string) =>
    Number(await page.locator(`tr[data-side="${side}"] td`).first().textContent());
  expect(await mean('B')).toBeGreaterThan(0);
  expect(await mean('C')).toBeGreaterThan(0);
  await mode('Side by side');
  await expect(page.locator('.compare-square canvas')).toHaveCount(3);
});

test('the wipe moves by keyboard', async () => {
  await mode('Wipe');
  const wipe = page.getByRole('slider', { name: 'Wipe' });
  await wipe.focus();
  await expect(wipe).toHaveAttribute('aria-valuenow', '50');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(wipe).toHaveAttribute('aria-valuenow', '62');
  await page.keyboard.press('Home');
  await expect(wipe).toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('End');
  await expect(wipe).toHaveAttribute('aria-valuenow', '100');
});

test('the difference is drawn, and brighter at a higher gain', async () => {
  await mode('Difference');
  const brightness = () =>
    page
      .locator('.compare-square canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const pixels = Array.from(
          canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [],
        );
        return pixels.reduce((sum, value, at) => (at % 4 === 3 ? sum : sum + value), 0);
      });
  const gain = page.getByRole('slider', { name: 'Brightness of the difference' });
  await gain.fill('1');
  const dim = await brightness();
  expect(dim).toBeGreaterThan(0);
  await gain.fill('32');
  await expect.poll(brightness).toBeGreaterThan(dim);
});

test('Space flickers while it is held, and shows one other side and no more where motion is unwanted', async () => {
  await mode('Flicker');
  const shown = page.locator('.compare-square canvas');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.locator('.compare-stage').focus();
  await expect(shown).toHaveAttribute('aria-label', /^A, /);
  await page.keyboard.down(' ');
  await expect(shown).toHaveAttribute('aria-label', /^B, /);
  await page.waitForTimeout(1500);
  await expect(shown).toHaveAttribute('aria-label', /^B, /);
  await page.keyboard.up(' ');
  await expect(shown).toHaveAttribute('aria-label', /^A, /);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.locator('.compare-stage').focus();
  await page.keyboard.down(' ');
  for (const letter of ['B', 'C', 'A'])
    await expect(shown).toHaveAttribute('aria-label', new RegExp(`^${letter}, `));
  await page.keyboard.up(' ');
});

test('arrow keys walk the denoising steps of all sides, play runs through them', async () => {
  await mode('Side by side');
  const step = page.getByRole('slider', { name: 'Denoising step of all sides' });
  const steps = Number(await step.getAttribute('max'));
  await expect(step).toHaveValue(String(steps));
  await page.locator('.compare-stage').focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(step).toHaveValue(String(steps - 2));
  await page.keyboard.press('ArrowRight');
  await expect(step).toHaveValue(String(steps - 1));
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Play the denoising of all sides' }).click();
  await expect(page.getByRole('button', { name: 'Pause the denoising' })).toBeVisible();
  await expect(step).toHaveValue(String(steps), { timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Play the denoising of all sides' })).toBeVisible();
});

test('the identity copy draws the pictures of the base: largest difference 0', async () => {
  await page.getByRole('button', { name: 'Compare: check the identity copy' }).click();
  await expect(page.locator('[data-identity="0"]')).toContainText('largest difference 0 over 16 pictures', {
    timeout: 600_000,
  });
});

test('a saved picture carries its recipe, and dropped in it brings plan and drawing back', async () => {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the picture of side B with its recipe' }).click();
  const bytes = await readFile(await (await download).path());
  const text = readPngText(new Uint8Array(bytes), 'saved.png');
  expect(text.scion_plan_hash).toBe(planHash(plan));
  expect(JSON.parse(text.scion_picture ?? '')).toMatchObject({
    seed: 0,
    class: 0,
    stage: 'stage1',
    weights: 'trained',
  });

  await page.goto(`/#${planToFragment(shortPlan())}`);
  await page.reload();
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
  await waitForPictures(page);
  await page.evaluate((data) => {
    const file = new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], 'saved.png');
    const transfer = new DataTransfer();
    transfer.items.add(file);
    for (const kind of ['dragenter', 'dragover', 'drop'])
      window.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, bytes.toString('base64'));
  await expect(slotOf(page, 'blocks.5.attn')).toHaveClass(/slot--grafted/, { timeout: 120_000 });
  await page.getByRole('tab', { name: /Images/ }).click();
  await expect(page.getByRole('combobox', { name: 'Class' })).toHaveValue('0', { timeout: 60_000 });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious in the comparison, ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme });
    await page.getByRole('tab', { name: 'Compare' }).click();
    await mode('Wipe');
    const { violations } = await new AxeBuilder({ page }).include('.dock').analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual(
      [],
    );
  });
}
