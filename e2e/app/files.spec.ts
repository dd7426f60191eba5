// Files dropped on the window: those that open, and those that get one sentence and change nothing.
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';
import { encodePng } from '../../src/formats/png.ts';
import { canonical } from '../../src/plan/canonical.ts';
import { planHash } from '../../src/plan/hash.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { drag, openApp, shortPlan, slotOf, waitForPictures, window4 } from './app.ts';
import { type Dropped, dropFile, exportedWeights } from './files.ts';

const repository = new URL('../../', import.meta.url);
const read = async (path: string) => new Uint8Array(await readFile(new URL(path, repository)));
const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const held = shortPlan({ 'blocks.1.attn': window4 });
const other = shortPlan({
  'blocks.2.attn': { operator: 'hyena_x', config: { taps: 4 }, initialisation: 'auto' },
  'blocks.5.mlp': { operator: 'mlp', config: { ratio: 3 }, initialisation: 'auto' },
});

/** The hash of the plan on the screen: its first four digits stand in the top bar. */
async function expectPlan(page: Page, plan: Plan): Promise<void> {
  const menu = page.getByRole('banner').getByRole('button', { name: /^Plan/ });
  await expect(menu).toContainText(planHash(plan).slice(0, 4));
  await expect(page.locator('.slot--grafted')).toHaveCount(Object.keys(plan.slots).length);
}

/** A picture of 4 × 4 grey pixels that carries texts. */
function picture(text: Record<string, string>): Uint8Array {
  const data = Uint8Array.from({ length: 16 }, (_, pixel) => pixel * 16);
  return encodePng({ width: 4, height: 4, channels: 1, data }, text);
}

/** What torch.save writes: an uncompressed ZIP archive with a pickle of protocol 2. */
async function pytorchFile(pickle: string): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 0, useWebWorkers: false });
  await writer.add('model/data.pkl', new Uint8ArrayReader(ascii(`\x80\x02${pickle}.`)));
  return writer.close();
}

const word = (text: string) => `X${String.fromCharCode(text.length)}\0\0\0${text}`;

/** A safetensors file: the header's length as 8 bytes, the header, the data. */
function safetensors(header: string, claimed = header.length, data = 8): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claimed), true);
  bytes.set(ascii(header), 8);
  return bytes;
}

test.describe('a file that opens', () => {
  test('exported weights bring plan and pictures back, and one undo the plan before', async ({ page }) => {
    await openApp(page, held);
    await waitForPictures(page);
    const file = await exportedWeights(page);
    await slotOf(page, 'blocks.1.attn').click();
    await page.keyboard.press('x');
    await expect(page.locator('.slot--grafted')).toHaveCount(0);
    await dropFile(page, file);
    await expect(
      page.getByText(`${file.name} is open: the plan and weights of 1 grafted slot.`).first(),
    ).toBeVisible({ timeout: 60_000 });
    await expectPlan(page, held);
    await expect(page.locator('[data-picture="graft-0"] canvas')).toBeVisible({ timeout: 120_000 });
    await page.keyboard.press('Control+z');
    await expect(page.locator('.slot--grafted')).toHaveCount(0);
  });

  test('a picture brings the plan that it carries', async ({ page }) => {
    await openApp(page, held);
    await waitForPictures(page);
    await dropFile(page, { name: 'strip.png', bytes: picture({ scion_plan: canonical(other) }) });
    await expect(
      page.getByText('strip.png is open: a plan with 2 grafted slots, without weights.').first(),
    ).toBeVisible({ timeout: 30_000 });
    await expectPlan(page, other);
  });

  test('a plan file opens', async ({ page }) => {
    await openApp(page, held);
    await dropFile(page, { name: 'other.graft.json', bytes: json(other) });
    await expectPlan(page, other);
  });

  test('a PyTorch checkpoint becomes the model on the canvas', async ({ page }) => {
    await openApp(page, held);
    await waitForPictures(page);
    // Written by torch.save: a DiT of depth 2 and width 16, under "ema".
    const bytes = await read('src/cli/golden-data/dit/checkpoints/dit.ema.pt');
    await dropFile(page, { name: 'dit.ema.pt', bytes });
    await expect(page.getByRole('button', { name: 'Base model' })).toContainText('dit.ema.pt', {
      timeout: 120_000,
    });
    await expect(page.locator('[data-slot]')).toHaveCount(4);
    await expect(slotOf(page, 'blocks.1.mlp')).toBeVisible();
    // Its input is a latent: it says why it draws nothing, and its plan can still be edited.
    await page.getByRole('tab', { name: /^Problems/ }).click();
    await expect(page.locator('[data-problem="model-limits"]')).toContainText(
      /^dit\.ema\.pt draws latents of \d+ × \d+ × \d+, which only its own VAE turns into images; Scion has none\./,
      { timeout: 60_000 },
    );
    await drag(page, '[data-operator="swa"]', 'blocks.0.attn');
    await expect(slotOf(page, 'blocks.0.attn')).toContainText('Sliding window');
  });
});

interface Refused {
  readonly what: string;
  readonly sentence: string | RegExp;
  file(): Promise<Dropped> | Dropped;
}

const header = (shape: number[], end: number) =>
  JSON.stringify({ w: { dtype: 'F32', shape, data_offsets: [0, end] } });

const refused: readonly Refused[] = [
  {
    what: 'a file of another kind',
    file: () => ({ name: 'holiday.gif', bytes: ascii('GIF89a and then some') }),
    sentence: /^holiday\.gif is .*Scion opens/,
  },
  {
    what: 'a picture in the name of a model',
    file: () => ({ name: 'holiday.safetensors', bytes: ascii('\xff\xd8\xff\xe0\0\x10JFIF\0 and then some') }),
    sentence: /^holiday\.safetensors is a JPEG picture; Scion opens .+\.$/,
  },
  {
    what: 'an empty file',
    file: () => ({ name: 'model.safetensors', bytes: new Uint8Array() }),
    sentence: 'model.safetensors is empty; choose a file with content.',
  },
  {
    what: 'a safetensors file that was cut off',
    file: async () => ({
      name: 'cut.safetensors',
      bytes: (await read('public/models/dit-fashion-mnist.safetensors')).subarray(0, 2_000_000),
    }),
    sentence:
      /^cut\.safetensors is not a sound safetensors file: tensor ".+" claims bytes .+; the file may be incomplete\.$/,
  },
  {
    what: 'a header that claims more than the file holds',
    file: () => ({ name: 'big.safetensors', bytes: safetensors(header([2], 8), 0x7fff_ffff) }),
    sentence:
      /^big\.safetensors is not a sound safetensors file: its header claims 2147483647 bytes, and the file has \d+\.$/,
  },
  {
    what: 'a tensor larger than its bytes',
    file: () => ({ name: 'bomb.safetensors', bytes: safetensors(header([1e9, 1e9], 8)) }),
    sentence: /^bomb\.safetensors is not a sound safetensors file: .+\.$/,
  },
  {
    what: 'a header that names a tensor twice',
    file: () => {
      const one = header([2], 8);
      return { name: 'twice.safetensors', bytes: safetensors(`${one.slice(0, -1)},${one.slice(1)}`) };
    },
    sentence: 'twice.safetensors is not a sound safetensors file: its header names "w" twice.',
  },
  {
    what: 'a sound file that holds no DiT',
    file: async () => ({
      name: 'classifier.safetensors',
      bytes: await read('public/models/fashion-mnist-classifier.safetensors'),
    }),
    sentence: /^.*(classifier\.safetensors|checkpoint).*\.$/,
  },
  {
    what: 'a plan of a newer version',
    file: () => ({ name: 'future.graft.json', bytes: json({ ...other, version: 2 }) }),
    sentence: /made by a newer Scion \(version 2, this one reads 1\); open it there or update this page\.$/,
  },
  {
    what: 'a picture with a plan of a newer version',
    file: () => ({
      name: 'future.png',
      bytes: picture({ scion_plan: JSON.stringify({ ...other, version: 2 }) }),
    }),
    sentence: /^future\.png: This plan was made by a newer Scion \(version 2, this one reads 1\)/,
  },
  {
    what: 'a plan for more blocks than the model has',
    file: () => ({
      name: 'deep.graft.json',
      bytes: json(shortPlan({ 'blocks.40.attn': window4 })),
    }),
    sentence: /block 40/i,
  },
  {
    what: 'JSON that is no plan',
    file: () => ({ name: 'package.json', bytes: json({ name: 'scion' }) }),
    sentence: /not a plan/,
  },
  {
    what: 'a picture without a plan',
    file: () => ({ name: 'plain.png', bytes: picture({}) }),
    sentence: 'plain.png is a PNG picture that carries no plan; pictures that Scion saved carry theirs.',
  },
  {
    what: 'a PyTorch file that would run a command',
    file: async () => ({
      name: 'evil.pt',
      bytes: await pytorchFile(`cposix\nsystem\n(${word('touch /tmp/scion-was-here')}tR`),
    }),
    sentence: 'evil.pt asks Python to run posix.system; Scion reads only tensors.',
  },
  {
    what: 'a PyTorch file that holds a whole module',
    file: async () => ({ name: 'net.pt', bytes: await pytorchFile('c__main__\nNet\n)\x81') }),
    sentence: 'net.pt asks Python to run __main__.Net; Scion reads only tensors.',
  },
  {
    what: 'a PyTorch file of numbers',
    file: async () => ({ name: 'numbers.pt', bytes: await pytorchFile(`}${word('steps')}K\x07s`) }),
    sentence:
      'numbers.pt holds no state dict: its keys are "steps", wanted tensors, or a dictionary of them under "ema", "model" or "state_dict".',
  },
];

test('a file that does not open gets one sentence, and the plan stays', async ({ page }) => {
  await openApp(page, held);
  await waitForPictures(page);
  const address = page.url();
  const toast = page.locator('[data-toast="error"]');
  for (const { what, file, sentence } of refused) {
    await test.step(what, async () => {
      await dropFile(page, await file());
      await expect(toast.locator('span')).toHaveText(sentence, { timeout: 30_000 });
      await expectPlan(page, held);
      await toast.getByRole('button', { name: 'Dismiss' }).click();
      await expect(toast).toHaveCount(0);
    });
  }
  expect(page.url()).toBe(address);
  // What was open is still open: the next run can start.
  await expect(page.locator('[data-command="run.graft"]')).toBeEnabled();
  // No refused file left an entry: the one below is the pretrained model, from before the link.
  await page.keyboard.press('Control+z');
  await expect(page.locator('.slot--grafted')).toHaveCount(0);
});
