// The denoising steps of both strips: one slider for all pictures, by mouse, by arrow keys, and by playing them.
import { expect, type Page, test } from '@playwright/test';
import { openApp, shortPlan, waitForPictures, window4 } from './app.ts';
import { dropFile, inheritingWindows } from './files.ts';

/** Both first pictures as they are painted. */
async function painted(page: Page): Promise<{ readonly original: string; readonly graft: string }> {
  const pixels = (side: string) =>
    page.locator(`[data-picture="${side}-0"] canvas`).evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) throw new Error('a picture is painted on a canvas');
      return canvas.toDataURL();
    });
  return { original: await pixels('original'), graft: await pixels('graft') };
}

type Painted = Awaited<ReturnType<typeof painted>>;

/** Waits until neither picture is what it was; a picture is painted a moment after its step is written. */
async function expectOther(page: Page, before: Painted): Promise<Painted> {
  await expect
    .poll(async () => {
      const now = await painted(page);
      return { original: now.original === before.original, graft: now.graft === before.graft };
    })
    .toEqual({ original: false, graft: false });
  return painted(page);
}

test('the slider shows each denoising step of original and graft', async ({ page }) => {
  // A plan whose weights come from a file needs no run before its pictures are drawn.
  const plan = shortPlan({ 'blocks.3.attn': window4, 'blocks.5.attn': window4 });
  await openApp(page, plan);
  await waitForPictures(page);
  await dropFile(page, await inheritingWindows(plan));
  await expect(page.locator('[data-picture="graft-15"] canvas')).toBeVisible({ timeout: 400_000 });
  await expect(page.locator('.image-grid')).toHaveAttribute('aria-busy', 'false', { timeout: 400_000 });
  const slider = page.getByRole('slider', { name: 'Denoising step' });
  const shown = page.locator('.scrub .num');
  await expect(shown).toHaveText(/^(\d+)\/\1$/, { timeout: 400_000 });
  const steps = Number(await slider.getAttribute('max'));
  expect(steps).toBeGreaterThan(5);
  const end = await painted(page);

  await slider.focus();
  await page.keyboard.press('Home');
  await expect(shown).toHaveText(`1/${steps}`);
  const start = await expectOther(page, end);
  for (const step of [2, 3, 4]) {
    await page.keyboard.press('ArrowRight');
    await expect(shown).toHaveText(`${step}/${steps}`);
  }
  const fourth = await expectOther(page, start);
  await page.keyboard.press('ArrowLeft');
  await expect(shown).toHaveText(`3/${steps}`);
  await page.keyboard.press('End');
  await expect(shown).toHaveText(`${steps}/${steps}`);
  await expectOther(page, fourth);
  await expect.poll(() => painted(page)).toEqual(end);

  const box = await slider.boundingBox();
  if (!box) throw new Error('the slider is not on the screen');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(shown).toHaveText(new RegExp(`^(?!1/|${steps}/)\\d+/${steps}$`));
  await expectOther(page, start);
  await expectOther(page, end);

  await page.getByRole('button', { name: 'Play the denoising' }).click();
  await expect(shown).toHaveText(`${steps}/${steps}`, { timeout: 30_000 });
  await expect.poll(() => painted(page)).toEqual(end);
});
