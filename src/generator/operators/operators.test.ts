// Operators as the generator will see them: their blocks, their two-part index, their runs and held-out conditions.
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../lib/random.ts';
import { operators } from '../../operators/index.ts';
import type { SlotSite } from '../../operators/operator.ts';
import { unpack } from '../../train/parameters.ts';
import { blockLayout, fromBlocks, toBlocks } from '../blocks/blocks.ts';
import { sliced } from './collect.ts';
import { blockCodes, conditionPhrase } from './condition.ts';
import { inheritedVector, operatorGroups, operatorLayout } from './layout.ts';
import { configKey, dataSlices, operatorPart, operatorRuns } from './runs.ts';

const siteOf = (kind: SlotSite['kind']): SlotSite => ({
  ...{ kind, width: 8, tokens: 16, grid: [4, 4], heads: 2, mlpRatio: 4 },
});

describe('blocks of operators', () => {
  it.each(operators.map((operator) => [operator.id, operator] as const))(
    'of %s hold all of its weights',
    (id, operator) => {
      const site = siteOf(operator.kind);
      const config = operator.defaults(site);
      const groups = operatorGroups(id, config, site);
      const layout = operatorLayout(id, config, site);
      const vector = randomStream(0, id).normal(new Float32Array(layout.size));
      const blocks = blockLayout(groups, 32);
      expect(groups.flatMap(({ tensors }) => tensors)).toHaveLength(layout.entries.length);
      const weights = unpack(layout, vector);
      expect(fromBlocks(blocks, toBlocks(blocks, weights))).toEqual(weights);
    },
  );

  it('are told from what they inherit', () => {
    const site = siteOf('sequence');
    const mha = operatorLayout('mha', {}, site);
    const teacher = unpack(mha, randomStream(0, 'teacher').normal(new Float32Array(mha.size)));
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value ** 2, 0);
    const own = inheritedVector('swa', { window: 4, shape: 'raster' }, site, teacher);
    // A window changes the mask alone, so all of attention's numbers are there.
    expect(sum(own)).toBeCloseTo(sum(inheritedVector('mha', {}, site, teacher)), 3);
  });

  it('are numbered by layer and place apart', () => {
    const width = 4;
    const [third, fourth] = [blockCodes('blocks.3.attn', 2, width), blockCodes('blocks.4.attn', 2, width)];
    expect(third.subarray(4, 8)).toEqual(fourth.subarray(4, 8));
    expect(third.subarray(0, 4)).not.toEqual(fourth.subarray(0, 4));
    expect(third.subarray(0, 4)).toEqual(third.subarray(8, 12));
    expect(third.subarray(4, 8)).not.toEqual(third.subarray(12, 16));
  });
});

describe('conditions', () => {
  const site = siteOf('sequence');
  const slice = { name: 'sandals', classes: [5] };
  const condition = {
    ...{ slot: 'blocks.2.attn' as const, operator: 'swa', slice },
    config: { window: 4, shape: 'raster' },
  };

  it('are told in words', () => {
    expect(conditionPhrase(condition, site)).toBe('Sliding window attention ± 4 on sandals');
  });

  it('are held out whole', () => {
    const none = { layers: [], slices: [], configs: [] };
    expect(operatorPart(condition, none)).toBe('train');
    expect(operatorPart(condition, { ...none, layers: [2] })).toBe('layer');
    expect(operatorPart(condition, { ...none, slices: ['sandals'] })).toBe('slice');
    expect(operatorPart(condition, { ...none, configs: [configKey('swa', condition.config)] })).toBe(
      'config',
    );
    expect(configKey('swa', { shape: 'raster', window: 4 })).toBe(configKey('swa', condition.config));
  });

  it('make one run for every operator, slice and seed', () => {
    const slices = dataSlices(['shirt', 'bag', 'boot', 'coat'], 2);
    expect(slices.map(({ classes }) => classes.length)).toEqual([4, 1, 1, 1, 1, 2, 2]);
    const grid = { operators: [{ operator: 'swa', configs: [condition.config] }], slices, seeds: [0, 1] };
    expect(operatorRuns(grid)).toHaveLength(14);
  });

  it('cut the data by class, and refuse an empty slice', () => {
    const data = { images: Uint8Array.of(1, 1, 2, 2, 3, 3), labels: [0, 5, 0], count: 3 };
    expect(sliced(data, { name: 'zero', classes: [0] })).toEqual({
      images: Uint8Array.of(1, 1, 3, 3),
      ...{ labels: [0, 0], count: 2 },
    });
    expect(() => sliced(data, { name: 'bags', classes: [8] })).toThrow(
      'No image belongs to the slice "bags".',
    );
  });
});
