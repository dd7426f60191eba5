// What the tests of the app share: opening it with a plan of few steps, dragging a chip, waiting for pictures.
import { expect, type Page } from '@playwright/test';
import { defaultStage1, defaultStage2, type Plan, type SlotId, type SlotPlan } from '../../src/plan/plan.ts';
import { planToFragment } from '../../src/plan/url.ts';

export const window4: SlotPlan = {
  operator: 'swa',
  config: { window: 4, shape: 'raster' },
  initialisation: 'auto',
};

/** A plan that is through in seconds; everything else about the run is real. */
export function shortPlan(
  slots: Partial<Record<SlotId, SlotPlan>> = {},
  steps = { stage1: 4, stage2: 2 },
): Plan {
  return {
    format: 'scion-plan',
    version: 1,
    base: 'dit-fashion-mnist',
    slots,
    stage1: { ...defaultStage1, steps: steps.stage1, batch: 8 },
    stage2: { ...defaultStage2, steps: steps.stage2, batch: 8, warmupSteps: 1 },
    seed: 0,
  };
}

export async function openApp(page: Page, plan: Plan): Promise<void> {
  await page.goto(`/#${planToFragment(plan)}`);
  // Slots are there at once; what they hold and cost is known when the model is open.
  await expect(page.locator('[data-slot="blocks.7.mlp"]')).toBeVisible({ timeout: 60_000 });
}

/** The worker is ready once the base's pictures are there. */
export async function waitForPictures(page: Page): Promise<void> {
  await page.getByRole('tab', { name: /Images/ }).click();
  await expect(page.locator('[data-picture="original-0"] canvas')).toBeVisible({ timeout: 120_000 });
}

export async function drag(page: Page, chip: string, slot: string, release = true): Promise<void> {
  // A person scrolls the palette until the chip is there.
  await page.locator(chip).scrollIntoViewIfNeeded();
  const from = await page.locator(chip).boundingBox();
  const to = await page.locator(`[data-slot="${slot}"]`).boundingBox();
  if (!from || !to) throw new Error(`${chip} or ${slot} is not on the screen`);
  await page.mouse.move(from.x + from.width / 3, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 20, { steps: 3 });
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 6 });
  if (release) await page.mouse.up();
}

export function slotOf(page: Page, slot: SlotId) {
  return page.locator(`[data-slot="${slot}"]`);
}

/** What the browser does when text is pasted with nothing focused. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((words) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', words);
    document.body.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }, text);
}
