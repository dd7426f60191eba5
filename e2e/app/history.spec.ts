// History: edits after undo become branches, plans come back with their results, any two can be compared, the palette
// takes phrases, and a reload keeps all of it.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openApp, shortPlan, slotOf, window4 } from './app.ts';

const tree = (page: Page) => page.getByRole('tree', { name: 'Plans' });
const plans = (page: Page) => tree(page).getByRole('treeitem');

/** Types into the palette and takes the first entry, which must be the one meant. */
async function say(page: Page, text: string, meant: RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search or run a command' });
  await palette.getByRole('combobox').fill(text);
  await expect(palette.getByRole('option').first()).toContainText(meant);
  await page.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
}

/** What axe calls serious or worse. */
async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`);
}

test('an edit after undo makes a branch; both are there, also after a reload, and either can be gone back to', async ({
  page,
}) => {
  await openApp(page, shortPlan());
  await say(page, 'mlp 2x on 4-5', /Put MLP, ratio 2 on 2 MLP slots/);
  await expect(page.locator('.slot--grafted')).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
  await say(page, 'sliding window 3 on every second attention', /on 4 attention slots/);
  await expect(page.locator('.slot--grafted')).toHaveCount(4);
  // The first plan, the link's, where the branches part, and the two branches.
  await expect(plans(page)).toHaveCount(4);
  await expect(plans(page).filter({ hasText: '2 × MLP 2×' })).toBeVisible();
  await expect(tree(page).locator('[aria-current="true"]')).toContainText('4 × Sliding window');

  await plans(page).filter({ hasText: '2 × MLP 2×' }).click();
  await expect(slotOf(page, 'blocks.4.mlp')).toHaveClass(/slot--grafted/);
  await expect(slotOf(page, 'blocks.1.attn')).not.toHaveClass(/slot--grafted/);
  // Undo and redo follow the branch that one is in.
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+z');
  await expect(slotOf(page, 'blocks.4.mlp')).toHaveClass(/slot--grafted/);

  await page.getByRole('button', { name: /^Project/ }).click();
  await page.getByRole('menuitem', { name: /Rename the project/ }).click();
  await page.getByRole('textbox', { name: 'Name of the project' }).fill('two ways');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Project two ways' })).toBeVisible();
  await expect(page.getByText(/^Saved /)).toBeVisible();
  // The tree is written a moment after the last change.
  await page.waitForTimeout(1500);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Project two ways' })).toBeVisible({ timeout: 60_000 });
  await expect(plans(page)).toHaveCount(4, { timeout: 60_000 });
  await plans(page).filter({ hasText: '4 × Sliding window' }).click();
  await expect(page.locator('.slot--grafted')).toHaveCount(4);
});

test('a deleted branch comes back with one undo; plans are renamed in place', async ({ page }) => {
  await openApp(page, shortPlan());
  await say(page, 'hyena-x on 1', /Put Hyena-X.* on Block 1 attention/);
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Name of the plan' }).fill('first try');
  await page.keyboard.press('Enter');
  await expect(plans(page).filter({ hasText: 'first try' })).toBeVisible();
  await plans(page).filter({ hasText: 'first try' }).focus();
  await page.keyboard.press('Delete');
  await expect(plans(page).filter({ hasText: 'first try' })).toHaveCount(0);
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(plans(page).filter({ hasText: 'first try' })).toBeVisible();
  await expect(slotOf(page, 'blocks.1.attn')).toHaveClass(/slot--grafted/);
});

test('two plans differ slot by slot, in a list and on both canvases', async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.3.attn': window4 }));
  await say(page, 'mlp 3x on 6', /Put MLP, ratio 3 on Block 6 MLP/);
  await page.keyboard.press('Shift+D');
  const difference = page.getByRole('region', { name: 'Difference of two plans' });
  await expect(difference.getByText('1 slot differs')).toBeVisible();
  await expect(difference.locator('[data-diff="blocks.6.mlp"]')).toContainText('MLP, ratio 4');
  await expect(difference.locator('[data-diff="blocks.6.mlp"]')).toContainText('MLP, ratio 3');
  await expect(difference.locator('[data-diff="blocks.6.mlp"]')).toContainText('−25');
  expect(await serious(page)).toEqual([]);
  await difference.getByRole('combobox', { name: 'Before' }).selectOption('0');
  await expect(difference.locator('[data-diff]')).not.toHaveCount(1);
  await difference.getByRole('button', { name: 'Show on both canvases' }).click();
  // One half is to be edited, the other to look at; what differs is lit up on both.
  await expect(page.locator('.slot--shown')).not.toHaveCount(0);
  await expect(page.locator('.slot--shown.is-different')).toHaveCount(2);
  await expect(page.locator('[data-slot].is-different')).toHaveCount(2);
});

test('phrases show what they change before they change it, and refuse in words', async ({ page }) => {
  await openApp(page, shortPlan({ 'blocks.3.attn': window4 }));
  await page.keyboard.press('Control+k');
  const line = page.getByRole('combobox');
  await line.fill('restore 3-5');
  await expect(page.getByRole('option').first()).toContainText('Restore the teacher on Block 3 attention');
  await expect(page.locator('[data-preview]')).toContainText('Block 3 attention');
  await expect(page.locator('[data-preview]')).toContainText('Attention, 4 heads');
  await expect(slotOf(page, 'blocks.3.attn')).toHaveClass(/slot--grafted/);
  expect(await serious(page)).toEqual([]);
  await line.fill('mlp 2x on 99');
  await expect(page.getByRole('option').first()).toContainText('the model has blocks 0 to 7');
  await line.fill('#pretrained');
  await expect(page.getByRole('option').first()).toContainText('Pretrained');
  await line.fill('@block 3 attention');
  await expect(page.getByRole('option').first()).toContainText('Sliding window');
  await line.fill('>shortcuts');
  await expect(page.getByRole('option').first()).toContainText('Keyboard shortcuts');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('Rename this plan');
});

test('slots are copied and pasted as text, and have a menu', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page, shortPlan({ 'blocks.3.attn': window4 }));
  await slotOf(page, 'blocks.3.attn').click();
  await page.keyboard.press('Control+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('"operator": "swa"');
  await slotOf(page, 'blocks.5.attn').click();
  await page.keyboard.press('Control+v');
  await expect(slotOf(page, 'blocks.5.attn')).toContainText('Sliding window');
  await slotOf(page, 'blocks.5.attn').click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'Block 5 attention' });
  await menu.getByRole('menuitem', { name: /Restore the teacher/ }).click();
  await expect(slotOf(page, 'blocks.5.attn')).not.toHaveClass(/slot--grafted/);
});

test('going back to a grafted plan shows its results again, also after a reload', async ({ page }) => {
  // Few pictures of few steps: what is tested is that they come back.
  await page.addInitScript(() => {
    localStorage.setItem('scion.interface', JSON.stringify({ sampleCount: 4, sampleSteps: 4 }));
  });
  await openApp(page, shortPlan({ 'blocks.3.attn': window4 }));
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: /^Run/ }).click();
  const trained = plans(page).filter({ hasText: 'Sliding window' });
  // The plan's row tells how far its run is. Scoring takes minutes and is not what is tested here.
  await expect(trained).toHaveAttribute('aria-label', /scoring/, { timeout: 500_000 });
  await page.keyboard.press('Control+Alt+Enter');
  await expect(page.getByText(/of the pretraining compute/)).toBeVisible({ timeout: 120_000 });
  await expect(trained).toHaveAttribute('aria-label', /, trained/);
  // Pictures and milliseconds come by themselves after a run.
  await page.getByRole('tab', { name: 'History' }).click();
  const row = page.getByRole('row', { name: /Sliding window at 3/ }).first();
  await expect(row.getByRole('img', { name: /Pictures of/ })).toBeVisible({ timeout: 300_000 });
  await expect(row).toContainText(/\d\.\d\d\s*ms|\d\.\d\d/);

  await say(page, 'mlp 2x on 7', /Put MLP, ratio 2 on Block 7 MLP/);
  await page.getByRole('tab', { name: /^Run/ }).click();
  await expect(page.getByText(/of the pretraining compute/)).toHaveCount(0);
  await trained.first().click();
  await expect(page.getByText(/of the pretraining compute/)).toBeVisible();

  await page.waitForTimeout(1500);
  await page.reload();
  await expect(page.getByText(/of the pretraining compute/)).toBeVisible({ timeout: 120_000 });
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(row.getByRole('img', { name: /Pictures of/ })).toBeVisible({ timeout: 60_000 });
});
