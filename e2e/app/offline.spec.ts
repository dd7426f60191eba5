// With the network off, after one visit: the page opens, isolated, and the trainer draws the base's pictures again.
import { expect, type Page, test } from '@playwright/test';

test.use({ serviceWorkers: 'allow' });

/** Different greys in the first picture of the base; a picture that was not drawn has one at most. */
async function greysOfFirstPicture(page: Page): Promise<number> {
  return page
    .locator('[data-picture="original-0"] canvas')
    .evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return 0;
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return new Set(pixels.filter((_, at) => at % 4 === 0)).size;
    })
    .catch(() => 0);
}

test('the editor works without a network once it says so', async ({ page, context }) => {
  await page.goto('/');
  await expect(page.locator('[data-status="offline"]')).toHaveText('Works offline', { timeout: 400_000 });
  await context.setOffline(true);
  await page.reload();
  await expect(page.locator('[data-slot="blocks.7.mlp"]')).toBeVisible({ timeout: 60_000 });
  const reached = await page.evaluate(() =>
    fetch('/not-kept').then(
      () => true,
      () => false,
    ),
  );
  expect(reached).toBe(false);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await expect.poll(() => greysOfFirstPicture(page), { timeout: 300_000 }).toBeGreaterThan(20);
  await expect(page.locator('[data-status="offline"]')).toBeVisible({ timeout: 120_000 });
});

test('the page can be installed', async ({ page }) => {
  await page.goto('/');
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
    return (await fetch(link?.href ?? '')).json();
  });
  expect(manifest).toMatchObject({ name: 'Scion', display: 'standalone' });
  const icons: { src: string; sizes: string; type: string }[] = manifest.icons;
  for (const { src, sizes, type } of icons.filter((icon) => icon.type === 'image/png')) {
    const size = await page.evaluate(async (url) => {
      const bitmap = await createImageBitmap(await (await fetch(url)).blob());
      return `${bitmap.width}x${bitmap.height}`;
    }, src);
    expect(size, `${src}, ${type}`).toBe(sizes);
  }
  expect(icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
});
