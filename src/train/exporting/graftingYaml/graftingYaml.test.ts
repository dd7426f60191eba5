// The grafting repository's files: what is in them, what they cannot say, and that they read back to the plan.
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../formats/byteSource.ts';
import { readYaml } from '../../../formats/yaml.ts';
import { readStored, readZipDirectory } from '../../../formats/zipArchive.ts';
import { publishedShape } from '../../../models/shape.ts';
import { operators } from '../../../operators/index.ts';
import { emptyPlan, type Plan, type SlotPlan } from '../../../plan/plan.ts';
import { mixedPlan, tinyShape } from '../testing.ts';
import { checkYaml } from './checkYaml.ts';
import { publishedName } from './configFiles.ts';
import { exportYaml } from './exportYaml.ts';
import { operatorYamls } from './operatorConfigs.ts';

const xl = publishedShape('XL', 2);
const held = (operator: string, config: SlotPlan['config']): SlotPlan => ({
  operator,
  config,
  initialisation: 'auto',
});
const half: Plan = {
  ...emptyPlan('DiT-XL-2'),
  slots: Object.fromEntries(
    Array.from({ length: 14 }, (_, i) => [`blocks.${2 * i + 1}.attn`, held('hyena_y', { taps: 4 })]),
  ),
  stage2: { ...emptyPlan('').stage2, steps: 50_000, batch: 256, learningRate: 1e-4 },
};

async function filesOf(plan: Plan, shape = xl) {
  const written = await exportYaml(plan, shape);
  const source = memorySource(new Uint8Array(await written.blob.arrayBuffer()), written.name);
  const files: Record<string, string> = {};
  for (const [path, entry] of await readZipDirectory(source)) {
    files[path.slice(path.indexOf('/') + 1)] = new TextDecoder().decode(await readStored(source, entry));
  }
  return { written, files };
}

describe('the grafting repository’s files', () => {
  it('know every operator', () => {
    expect(operatorYamls.map(({ operator }) => operator).sort()).toEqual(
      operators.map(({ id }) => id).sort(),
    );
  });

  it('express 50 % Hyena-Y as the released files do', async () => {
    const { written, files } = await filesOf(half);
    const stem = written.name.replace(/^DiT-XL-2-(\w+)-grafting-yaml\.zip$/, 'hyena_y_$1');
    expect(readYaml(files[`configs/sequence_mixers/${stem}.yaml`] ?? '', 'operator')).toEqual({
      d_model: 1152,
      l_max: 1000000,
      order: 2,
      inner_factor: 1,
      num_heads: 1,
      num_blocks: 1,
      inner_filter_len: 4,
    });
    const stage2 = readYaml(files[`configs/train_stage2/${stem}.yaml`] ?? '', 'stage 2');
    expect(stage2).toMatchObject({
      train: { batch_size: 32, num_samples: 128000, num_samples_per_class: 16 },
      operator: { type: 'mha', name: 'hyena_y', config_filepath: `configs/sequence_mixers/${stem}.yaml` },
      train_config: {
        initial_learning_rate: 1e-4,
        epochs: 100,
        dit_model_name: 'DiT-XL/2',
        image_size: 256,
        graft_indexes: [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27],
      },
    });
    expect(files[`configs/train_stage2/${stem}.yaml`]).toContain(
      '    5: "./results/stage1/hyena_y/block_5/l1/scaled_pred=False/seed=5/checkpoints/best_train.pt"',
    );
    expect(written.limits).toEqual([
      'It counts epochs and does not stop when flat; steps were turned into whole epochs of its data.',
    ]);
    expect(await checkYaml(half, written)).toContain(
      '4 files, and 14 of 14 slots come back with their operators and configs.',
    );
  });

  it('say what they cannot express of a mixed plan on a base without a name', async () => {
    const written = await exportYaml(mixedPlan, tinyShape);
    expect(written.groups).toHaveLength(8);
    expect(written.limits.join(' ')).toMatch(
      /so this plan becomes 8 sets of files, .*Sliding window attention in 1 block; MLP in 1 block; .*"tiny" is none of them/,
    );
    expect(await checkYaml(mixedPlan, written)).toContain('32 files, and 8 of 8 slots come back');
  });

  it('leave out grid windows, in words', async () => {
    const grid = held('swa', { window: 2, shape: 'grid' });
    const plan: Plan = { ...half, slots: { ...half.slots, 'blocks.0.attn': grid } };
    expect(await checkYaml(plan, await exportYaml(plan, xl))).toContain(
      '14 of 15 slots come back with their operators and configs. The released grafting code cannot build part of this plan: its sliding windows run along the raster order only',
    );
    const only: Plan = { ...half, slots: { 'blocks.0.attn': grid } };
    await expect(exportYaml(only, xl)).rejects.toThrow(
      'The released grafting code cannot build part of this plan: its sliding windows run along the raster order only, so a window on the 2-D grid has no file.',
    );
  });

  it('need something grafted', async () => {
    await expect(exportYaml(emptyPlan('DiT-XL-2'), xl)).rejects.toThrow(
      'This plan grafts nothing, so there is no configuration to write; put an operator on a slot first.',
    );
  });

  it('name only what the released code builds', () => {
    expect(publishedName(publishedShape('B', 4, { inputSize: 64 }))).toBe('DiT-B/4');
    expect(publishedName(publishedShape('B', 4, { channels: 16 }))).toBeUndefined();
    expect(publishedName(tinyShape)).toBeUndefined();
  });
});
