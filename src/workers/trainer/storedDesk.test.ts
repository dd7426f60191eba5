// A model that stays in its file, as the worker answers for it: what works, what does not and why.
import { describe, expect, it } from 'vitest';
import { planHash } from '../../plan/hash.ts';
import { emptyPlan, type Plan } from '../../plan/plan.ts';
import { exportSafetensors } from '../../train/exporting/exportSafetensors.ts';
import { openFiles, storedModel } from '../../train/exporting/stored/storedModel.ts';
import { tinyModel, tinyShape } from '../../train/exporting/testing.ts';
import { Events } from './events.ts';
import { limitsInMemory } from './limits.ts';
import { StoredDesk } from './storedDesk.ts';

const base = { ...tinyModel(emptyPlan('tiny')), provenance: {} };
const file = new File([exportSafetensors(base, { dtype: 'f32' }).bytes], 'tiny.safetensors');
const desk = async () =>
  new StoredDesk(await storedModel(await openFiles({ kind: 'file', file })), new Events(() => undefined));
const plan: Plan = {
  ...emptyPlan('tiny'),
  slots: { 'blocks.0.attn': { operator: 'hyena_x', config: { taps: 4 }, initialisation: 'auto' } },
};

describe('a stored model', () => {
  it('says what works with it and what does not', async () => {
    const opened = await desk();
    expect(opened.info).toMatchObject({
      id: 'tiny',
      label: 'tiny.safetensors',
      config: tinyShape,
      engine: 'no engine: the weights stay in the file',
      limits: { images: expect.stringContaining('more than a page can run: it draws no images here.') },
    });
    expect(opened.refusal().message).toMatch(
      /^tiny\.safetensors has 0\.\d M parameters, more than a page can run: it is not trained, measured or scored here\. Graph, costs, plans and exports work\.$/,
    );
  });

  it('exports its grafts, and takes the plan of such a file back', async () => {
    const opened = await desk();
    const exported = await opened.export(plan, 'safetensors');
    expect(exported).toMatchObject({ maxDeviation: null, weights: 'untrained' });
    const back = await opened.import(new File([exported.blob], exported.name));
    expect(planHash(back.plan)).toBe(planHash(plan));
    expect(back).toMatchObject({ kind: 'plan', weights: false });
    expect(back.sentence).toContain('its weights stay in the file, since tiny.safetensors is too large');
  });

  it('refuses plans that cannot stand on it', async () => {
    const opened = await desk();
    await expect(opened.export({ ...plan, base: 'x' }, 'yaml')).rejects.toThrow(
      'This plan grafts the model "x", but "tiny" is open. Open its model first.',
    );
  });
});

describe('limits of a model in memory', () => {
  it('are none for what the bundled images fit', () => {
    expect(limitsInMemory('a', { ...tinyShape, inputSize: 32 })).toBeUndefined();
  });

  it('name latents and other images', () => {
    expect(limitsInMemory('a', { ...tinyShape, channels: 4 })).toEqual({
      images: 'a draws latents of 4 × 16 × 16, which only its own VAE turns into images; Scion has none.',
      training:
        'a draws 4 × 16 × 16 in 10 classes, and the images that come with Scion are 1 × 32 × 32 in 10: it is not trained or scored here.',
    });
    expect(limitsInMemory('a', tinyShape)?.images).toBeNull();
  });
});
