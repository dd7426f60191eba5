// Smaller surfaces: menus of blocks, deleting projects, what is said where there is nothing to show, the swap of a slot, and
// the measurement that starts by itself.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { drag, openApp, paste, shortPlan, slotOf, waitForPictures, window4 } from './app.ts';
import { dropFile } from './files.ts';

test('a normal start has no problems; why the processor computes stands in the log', async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.2.attn': window4 }));
  await waitForPictures(page);
  await expect(page.getByRole('tab', { name: 'Problems', exact: true })).toBeVisible();
  await page.getByRole('tab', { name: 'Log' }).click();
  await expect(page.locator('#dock-body')).toContainText(
    /Computing with ONNX Runtime.*WebAssembly, \d+ threads?\. (WebGPU is only emulated|This browser offers no WebGPU)/,
  );
  // What nobody measured has no line among the results.
  await page.getByRole('tab', { name: 'Run' }).click();
  await expect(page.locator('[data-results]')).toContainText('MACs per image');
  await expect(page.locator('[data-results]')).not.toContainText('Measured');
});

test('a block has a menu: its slots are chosen, and it opens and bypasses', async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.2.attn': window4 }));
  const block = page.getByRole('region', { name: 'Block 2', exact: true });
  await block.getByRole('button', { name: 'Expand block 2' }).click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'Block 2' });
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await expect(page.locator('.slot.is-selected')).toHaveCount(2);
  await menu.getByRole('menuitem', { name: /^Expand E$/ }).click();
  await expect(block).toHaveClass(/is-open/);
  await block.getByText('Modulation').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: /^Restore the teacher/ }).click();
  await expect(slotOf(page, 'blocks.2.attn')).not.toContainText('Sliding window');
  // By the keyboard from the outline.
  await page.getByRole('tab', { name: 'Outline' }).click();
  await page.getByRole('treeitem', { name: 'Block 5' }).click({ button: 'right' });
  await expect(page.getByRole('menu', { name: 'Block 5' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
});

test('a project is deleted and brought back', async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.2.attn': window4 }));
  const projectMenu = async (item: RegExp) => {
    await page.getByRole('button', { name: /^Project / }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await projectMenu(/^Rename the project/);
  await page.getByRole('textbox', { name: 'Name of the project' }).fill('windows');
  await page.keyboard.press('Enter');
  await projectMenu(/^New project/);
  await drag(page, '[data-operator="hyena_x"]', 'blocks.0.attn');
  await expect(slotOf(page, 'blocks.0.attn')).toContainText('Hyena-X');
  await projectMenu(/^Delete the project/);
  await expect(page.getByRole('button', { name: 'Project windows' })).toBeVisible();
  await expect(slotOf(page, 'blocks.2.attn')).toContainText('Sliding window');
  await projectMenu(/^Bring the deleted project back/);
  await expect(slotOf(page, 'blocks.0.attn')).toContainText('Hyena-X');
  // For good.
  await projectMenu(/^Delete the project/);
  await expect(page.getByRole('button', { name: 'Project windows' })).toBeVisible();
  await page.getByRole('button', { name: /^Project / }).click();
  await expect(page.getByRole('menuitem', { name: 'Untitled' })).toHaveCount(0);
});

test('a model that draws no images says why, where its images would be', async ({ page }) => {
  await openApp(page, shortPlan());
  await waitForPictures(page);
  const path = new URL('../../src/cli/golden-data/dit/checkpoints/dit.ema.pt', import.meta.url);
  await dropFile(page, { name: 'dit.ema.pt', bytes: new Uint8Array(await readFile(path)) });
  for (const tab of ['Images', 'Compare', 'Run']) {
    await page.getByRole('tab', { name: tab }).click();
    await expect(page.locator('[data-no-pictures]')).toContainText(
      'which only its own VAE turns into images',
      {
        timeout: 120_000,
      },
    );
    await expect(page.locator('[data-picture]')).toHaveCount(0);
  }
});

for (const reducedMotion of ['no-preference', 'reduce'] as const) {
  test(`a slot morphs into its new operator in 200 ms, ${reducedMotion}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion });
    await openApp(page, shortPlan());
    // Every animation that the page starts from here on.
    await page.evaluate(() => {
      const seen: number[] = [];
      const animate = Element.prototype.animate;
      Element.prototype.animate = function (keyframes, options) {
        if (this.matches('.slot, .slot *') && typeof options === 'object')
          seen.push(Number(options?.duration));
        return animate.call(this, keyframes, options);
      };
      Object.assign(window, { seen });
    });
    await drag(page, '[data-operator="swa"]', 'blocks.1.attn');
    await expect(slotOf(page, 'blocks.1.attn')).toHaveClass(/slot--grafted/);
    const seen = await page.evaluate(() => Reflect.get(window, 'seen'));
    expect(seen).toEqual(reducedMotion === 'reduce' ? [] : [200, 200, 200]);
  });
}

test('sensitivities are measured without being asked, until stopped', async ({ page }) => {
  await page.addInitScript(() => {
    localStorage.setItem('scion.interface', JSON.stringify({ sampleCount: 8, sampleSteps: 2 }));
  });
  await openApp(page, shortPlan());
  await page.getByRole('tab', { name: 'Search' }).click();
  const pane = page.getByRole('region', { name: 'Sensitivity' });
  await expect(pane.getByRole('checkbox', { name: 'Measure when idle' })).toBeChecked();
  await expect(pane.getByRole('status')).toBeVisible({ timeout: 240_000 });
  await pane.getByRole('button', { name: 'Stop measuring sensitivities' }).click();
  const measure = pane.getByRole('button', { name: 'Measure the sensitivity of every slot' });
  await expect(measure).toBeVisible({ timeout: 120_000 });
  // A stop by hand holds: longer than the rest after which it would start.
  await page.waitForTimeout(12_000);
  await expect(measure).toBeVisible();
});

test('a setting that does not work says what does, with a button', async ({ page }) => {
  const window8 = { ...window4, config: { window: 8, shape: 'raster' } };
  await openApp(page, shortPlan({ 'blocks.2.attn': window8 }));
  await slotOf(page, 'blocks.2.attn').click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('radio', { name: '2-D grid' }).click();
  await expect(inspector).toContainText('Window 8 is larger than the 8×8 grid. Largest useful window: 7.');
  await inspector.getByRole('button', { name: 'Use 7' }).click();
  await expect(inspector).not.toContainText('is larger than');
  await expect(slotOf(page, 'blocks.2.attn')).toContainText('15 × 15');
});

test('the address of a file of Hugging Face opens it', async ({ page }) => {
  const path = new URL('../../src/cli/golden-data/dit/checkpoints/dit.ema.pt', import.meta.url);
  const body = await readFile(path);
  await page.route('https://huggingface.co/**', (route) =>
    route.request().url() === 'https://huggingface.co/some/dit/resolve/main/dit.ema.pt'
      ? route.fulfill({ body, headers: { 'access-control-allow-origin': '*' } })
      : route.fulfill({ status: 404, headers: { 'access-control-allow-origin': '*' } }),
  );
  await openApp(page, shortPlan());
  await waitForPictures(page);
  await paste(page, 'https://huggingface.co/some/dit/blob/main/nothing.pt');
  await expect(
    page.getByText(/nothing\.pt could not be fetched: huggingface\.co answered 404/).first(),
  ).toBeVisible();
  await paste(page, 'https://huggingface.co/some/dit/blob/main/dit.ema.pt');
  await expect(page.getByRole('button', { name: 'Base model' })).toContainText('dit.ema.pt', {
    timeout: 120_000,
  });
});
