import { describe, expect, it } from 'vitest';
import { decodePng } from '../formats/png.ts';
import { planHash } from '../plan/hash.ts';
import { emptyPlan, type Plan } from '../plan/plan.ts';
import type { SampleFrame } from '../workers/protocol.ts';
import { type Drawing, pictureFile, recipeIn } from './pictureRecipe.ts';

const plan: Plan = {
  ...emptyPlan('dit-test'),
  seed: 11,
  slots: {
    'blocks.3.attn': { operator: 'swa', config: { window: 4, shape: 'raster' }, initialisation: 'auto' },
  },
};
const drawing: Drawing = {
  seed: 9,
  class: 9,
  className: 'Ankle boot',
  guidance: 2.5,
  sampler: 'ddim',
  steps: 20,
  step: 7,
  stage: 'stage1',
  weights: 'trained',
};
const grey: SampleFrame = {
  jobId: 'job',
  which: 'graft',
  step: 7,
  steps: 20,
  size: 2,
  channels: 1,
  pixels: Uint8Array.from([1, 2, 3, 4, 50, 60, 70, 80]),
};

describe('a picture with its recipe', () => {
  it('gives plan and drawing back after a round trip', () => {
    const { name, bytes } = pictureFile(grey, 1, { plan, drawing });
    const read = recipeIn(bytes, name);
    expect(read?.plan).toEqual(plan);
    expect(read?.drawing).toMatchObject(drawing);
    expect(name).toBe(`${planHash(plan).slice(0, 8)}-stage1-ankle-boot-seed9-step7.png`);
  });

  it('shows its own pixels, each enlarged to a square of 8 × 8', () => {
    const { picture, text } = decodePng(pictureFile(grey, 1, { plan, drawing }).bytes);
    expect([picture.width, picture.height, picture.channels]).toEqual([16, 16, 1]);
    const at = (x: number, y: number) => picture.data[y * 16 + x];
    expect([at(0, 0), at(7, 7), at(8, 0), at(0, 8), at(15, 15)]).toEqual([50, 50, 60, 70, 80]);
    expect(text.Description).toContain('Ankle boot, seed 9, DDIM step 7 of 20, guidance 2.5');
  });

  it('keeps the colours of a colour picture', () => {
    const pixels = Uint8Array.from({ length: 12 }, (_, value) => value);
    const { picture } = decodePng(pictureFile({ ...grey, channels: 3, pixels }, 0, { plan, drawing }).bytes);
    expect([...picture.data.subarray(0, 3)]).toEqual([0, 4, 8]);
    expect([...picture.data.subarray(-3)]).toEqual([3, 7, 11]);
  });

  it('is no recipe where the text is missing or damaged', () => {
    const { bytes } = pictureFile(grey, 0, { plan, drawing: { ...drawing, seed: -1 } });
    expect(recipeIn(bytes, 'x.png')).toBeUndefined();
  });
});
