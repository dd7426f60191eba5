// What goes wrong and what becomes of it, in the production build: losses that explode, a trainer that dies, storage that
// is full. Nothing is simulated inside the program: the learning rate, the quota and the end of the worker are real.
import { expect, type Page, test } from '@playwright/test';
import type { Plan } from '../../src/plan/plan.ts';
import { openApp, shortPlan, waitForPictures, window4 } from './app.ts';

const inherited = { ...window4, initialisation: 'inherit' } as const;
const mlp3 = { operator: 'mlp', config: { ratio: 3 }, initialisation: 'inherit' } as const;
const problems = (page: Page) => page.locator('[data-problem]');

async function startRun(page: Page, plan: Plan): Promise<void> {
  await openApp(page, plan);
  await waitForPictures(page);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: /^Run/ }).click();
}

/** The number of the last step that is known to have been taken. */
async function waitForStep(page: Page, step: number): Promise<void> {
  const row = page.locator('[data-job]').first();
  await expect
    .poll(async () => Number(/(\d+)\/\d+/.exec((await row.textContent()) ?? '')?.[1] ?? 0), {
      timeout: 240_000,
    })
    .toBeGreaterThanOrEqual(step);
}

/** Hides the tab, as another tab in front of it does; the run is saved by that. */
async function hideAndShow(page: Page): Promise<void> {
  for (const hidden of [true, false]) {
    await page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  }
}

test('a loss that explodes is told with its place, and the run ends with its best weights', async ({
  page,
}) => {
  const plan = shortPlan({ 'blocks.3.attn': inherited }, { stage1: 2, stage2: 14 });
  const stage2 = { ...plan.stage2, learningRate: 1, warmupSteps: 0, clipNorm: 1e6 };
  await startRun(page, { ...plan, stage2 });
  await page.getByRole('tab', { name: /Problems/ }).click();
  const problem = page.locator('[data-problem="nan-stage2"]');
  await expect(problem).toContainText(
    /The fine-tuning (loss|gradient) was not finite at step \d+ of stage 2; it began with the /,
    { timeout: 400_000 },
  );
  await expect(problem).toContainText(/restored/);
  // Scoring takes minutes here and is not what is tested: it is stopped like a run.
  await expect(page.locator('.run')).toContainText(/Scoring/, { timeout: 300_000 });
  await page.locator('[data-command="run.stop"]').first().click();
  await page.getByRole('tab', { name: /^Run/ }).click();
  await expect(page.getByText(/of the pretraining compute/)).toBeVisible({ timeout: 120_000 });
  await expect(page.locator('[data-graft-weights]')).toContainText(/after stage 1|start/, {
    timeout: 120_000,
  });
});

test('a trainer that the browser ends is started again, and its run is resumed', async ({ page }) => {
  await page.addInitScript(() => {
    const made: Worker[] = [];
    Object.assign(window, { made });
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        made.push(this);
      }
    };
  });
  await startRun(page, shortPlan({ 'blocks.2.attn': inherited }, { stage1: 400, stage2: 1 }));
  await waitForStep(page, 3);
  await hideAndShow(page);
  await expect(page.locator('[data-saved-at]')).toBeVisible({ timeout: 60_000 });
  await page.evaluate(() => {
    // No error, no message: as when the system takes the memory back.
    for (const worker of (window as unknown as { made: Worker[] }).made) worker.terminate();
  });
  await page.getByRole('tab', { name: /Problems/ }).click();
  const problem = page.locator('[data-problem="trainer-crashed"]');
  await expect(problem).toContainText(
    /The browser ended the trainer\. .* It was started again\. Step \d+ of 400 in stage 1 was saved \d+ s ago\./,
    { timeout: 120_000 },
  );
  const saved = Number(/Step (\d+) of/.exec((await problem.textContent()) ?? '')?.[1]);
  expect(saved).toBeGreaterThan(0);
  await expect(page.locator('[data-slot="blocks.2.attn"]').first()).toHaveClass(/slot--grafted/);
  await problem.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('tab', { name: /^Run/ }).click();
  await waitForStep(page, saved + 1);
  await expect(problems(page)).toHaveCount(0);
});

test('full storage is told, the run goes on, and deleting something saves it', async ({ page, context }) => {
  const origin = new URL(test.info().project.use.baseURL ?? '').origin;
  const devtools = await context.newCDPSession(page);
  // Something that takes room, 0.4 MB a slot: a run that was stopped after its first steps. Deleting it must make room
  // for the checkpoint of the next run, 1 MB, twice.
  const slots = Object.fromEntries(
    [0, 1, 2, 3, 4, 5, 6].map((block) => [`blocks.${block}.mlp` as const, mlp3]),
  );
  await startRun(page, shortPlan(slots, { stage1: 400, stage2: 0 }));
  await waitForStep(page, 2);
  await page.locator('[data-command="run.stop"]').first().click();
  await expect(page.locator('[data-job]').first()).toContainText(/kept at/, { timeout: 120_000 });
  const usage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 50_000 });

  await page.evaluate(() => {
    location.hash = '';
  });
  await startRun(page, shortPlan({ 'blocks.2.attn': inherited }, { stage1: 4000, stage2: 0 }));
  await waitForStep(page, 2);
  await page.getByRole('tab', { name: /Problems/ }).click();
  const problem = page.locator('[data-problem="storage"]');
  await expect(problem).toContainText(
    /could not be saved: the browser has no room left for this page; free some space\. The run goes on and is kept until this page is closed\./,
    { timeout: 120_000 },
  );
  await problem.getByRole('button', { name: 'Show what uses the space' }).click();
  const sheet = page.getByRole('dialog', { name: 'Storage' });
  const result = sheet.locator('[data-stored^="result-"]');
  await expect(result).toContainText(/Trained weights/, { timeout: 60_000 });
  await result.getByRole('button', { name: /^Delete/ }).click();
  await expect(result).toHaveCount(0, { timeout: 60_000 });
  await page.keyboard.press('Escape');
  // What could only be kept in memory is on the disk now, and the complaint is gone.
  await expect(page.locator('[data-problem="storage"]')).toHaveCount(0, { timeout: 60_000 });
  await page.getByRole('tab', { name: /^Run/ }).click();
  await waitForStep(page, 4);
});
