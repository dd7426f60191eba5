// Giving files to the page by dropping them on the window, making them, and taking the file that the page saves.
import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { memorySource } from '../../src/formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.ts';
import { canonical } from '../../src/plan/canonical.ts';
import { planHash } from '../../src/plan/hash.ts';
import type { Plan } from '../../src/plan/plan.ts';

export interface Dropped {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the browser does when a file is dragged from the desktop onto the window. */
export async function dropFile(page: Page, { name, bytes }: Dropped): Promise<void> {
  await page.evaluate(
    ([fileName, base64]) => {
      const file = new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], fileName);
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(file);
      for (const kind of ['dragenter', 'dragover', 'drop']) {
        window.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
      }
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );
}

/** Writes the present model as safetensors from the export sheet and takes the file that is saved. */
export async function exportedWeights(page: Page): Promise<Dropped> {
  await page.locator('[data-command="file.export"]').first().click();
  const card = page.locator('[data-format="safetensors"]');
  await card.getByRole('button', { name: 'Write and check' }).click();
  await expect(card).toContainText('Largest deviation', { timeout: 400_000 });
  const saved = page.waitForEvent('download');
  await card.getByRole('button', { name: /^Save/ }).click();
  const download = await saved;
  const bytes = await readFile(await download.path());
  await page.keyboard.press('Escape');
  return { name: download.suggestedFilename(), bytes };
}

/** A grafted model whose sliding windows hold the weights of the attention that they replace, as `inherit` starts them. */
export async function inheritingWindows(plan: Plan): Promise<Dropped> {
  const path = new URL('../../public/models/dit-fashion-mnist.safetensors', import.meta.url);
  const base = await readSafetensors(memorySource(new Uint8Array(await readFile(path)), 'base'));
  const renamed = [...base.tensors].map(([name, tensor]) => {
    const match = /^(blocks\.\d+\.attn)\.(qkv|proj)\.(weight|bias)$/.exec(name);
    if (!match || !(String(match[1]) in plan.slots)) return [name, tensor] as const;
    return [`${match[1]}.${match[2] === 'qkv' ? 'Wqkv' : 'out_proj'}.${match[3]}`, tensor] as const;
  });
  const metadata = {
    ...base.metadata,
    scion_plan: canonical(plan),
    scion_plan_hash: planHash(plan),
    scion_base: plan.base,
  };
  return {
    name: 'windows.safetensors',
    bytes: writeSafetensors(Object.fromEntries(renamed), metadata, { dtype: 'f32' }),
  };
}
