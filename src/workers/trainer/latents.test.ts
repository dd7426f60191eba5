// A model that draws latents, in memory: it is edited and exported, and says why it is not trained here.
import { expect, it } from 'vitest';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { standardFrame } from '../../models/fixedTables.ts';
import { metadataOf } from '../../models/metadata.ts';
import { emptyPlan, type Plan } from '../../plan/plan.ts';
import { freshDit } from '../../train/freshDit.ts';
import { testBench, tinyShape } from './testing.ts';

const { testTrainer } = testBench(async (path) => {
  throw new Error(`${path} is not needed for a model from a file`);
});
const shape = { ...tinyShape, channels: 4, classes: 1000 };
const tensors = { ...freshDit(shape, 1), pos_embed: standardFrame(shape).position };
const file = new File(
  [writeSafetensors(tensors, metadataOf(shape), { dtype: 'f16' })],
  'latents.safetensors',
);

it('exports untrained grafts, checked, and refuses training in one sentence', async () => {
  const trainer = testTrainer();
  const info = await trainer.ask({ kind: 'open', source: { kind: 'file', file }, engine: 'auto' });
  expect(info.limits?.images).toBe(
    'latents.safetensors draws latents of 4 × 32 × 32, which only its own VAE turns into images; Scion has none.',
  );
  const plan: Plan = {
    ...emptyPlan(info.id),
    slots: {
      'blocks.0.attn': { operator: 'swa', config: { window: 2, shape: 'raster' }, initialisation: 'auto' },
      'blocks.1.attn': {
        operator: 'mamba2',
        config: { state: 8, expand: 2, headWidth: 16, taps: 4 },
        initialisation: 'auto',
      },
    },
  };
  const exported = await trainer.ask({ kind: 'export', plan, format: 'safetensors' });
  expect(exported).toMatchObject({ maxDeviation: 0, weights: 'untrained' });
  const yaml = await trainer.ask({ kind: 'export', plan, format: 'yaml' });
  expect(yaml.checked).toContain('8 files, and 2 of 2 slots come back');
  await expect(trainer.ask({ kind: 'graft', plan, resume: false })).rejects.toThrow(
    'this model can be sampled, edited, measured and exported here, not trained or scored.',
  );
});
