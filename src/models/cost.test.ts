// Costs derived from graphs against the closed forms and totals of the papers (spec/grafting §1, §2.3, §2.4).
import { describe, expect, it } from 'vitest';
import { known } from '../lib/errors.ts';
import { sizeOf } from '../lib/tensor.ts';
import { emptyPlan, type SlotId, type SlotPlan } from '../plan/plan.ts';
import { forwardGraph, macsByPart, modelCost, operatorCost, siteOf } from './cost.ts';
import { parameterShapes } from './parameterShapes.ts';
import { publishedShape } from './shape.ts';

const xl = publishedShape('XL', 2);
const attn = siteOf(xl, 'blocks.0.attn');
const mlp = siteOf(xl, 'blocks.0.mlp');
const [N, D, H] = [256, 1152, 16];

describe('DiT-XL/2 at 256 px', () => {
  it('has 674,834,720 trained parameters', () => {
    expect(parameterShapes(xl).reduce((sum, [, shape]) => sum + sizeOf(shape), 0)).toBe(674_834_720);
  });
  it('has 118.6 GMAC in its blocks, and 6.05 for S/2 in all', () => {
    expect(known(macsByPart(forwardGraph(xl)).blocks, 'blocks') / 1e9).toBeCloseTo(118.6, 1);
    const small = macsByPart(forwardGraph(publishedShape('S', 2)));
    expect(known(small.blocks, 'blocks') / 1e9).toBeCloseTo(6.05, 1);
  });
  it('has 524.9 GMAC at 512 px', () => {
    const large = forwardGraph(publishedShape('XL', 2, { inputSize: 64 }));
    expect(known(macsByPart(large).blocks, 'blocks') / 1e9).toBeCloseTo(524.9, 0);
  });
});

describe('operators, MACs = FLOPs / 2 of spec §2.3', () => {
  const cost = (id: string, config: Record<string, number | string>) =>
    operatorCost(id, config, id.startsWith('mlp') ? mlp : attn);
  const projections = 4 * N * D * D;

  it('attention: 4ND² + 2N²D, without the softmax', () => {
    expect(cost('mha', {})).toMatchObject({ parameters: 5_313_024, macs: projections + 2 * N * N * D });
    expect(H).toBe(attn.heads);
  });
  it('sliding window: the visible pairs of 2w + 1 keys, fewer at both ends', () => {
    const w = 4;
    const pairs = N * (2 * w + 1) - w * (w + 1);
    const got = cost('swa', { window: w, shape: 'raster' });
    expect(got.parameters).toBe(5_313_024);
    expect(Math.abs(got.macs - (projections + 2 * pairs * D))).toBeLessThan(1);
    expect(pairs / (N * (2 * w + 1))).toBeGreaterThan(0.99);
  });
  it('Hyena-X: 4ND² + 3KND + ND', () => {
    expect(cost('hyena_x', { taps: 4 })).toMatchObject({
      parameters: 5_330_304,
      macs: projections + 3 * 4 * N * D + N * D,
    });
  });
  it('Hyena-SE and Hyena-Y: + KND of the inner filter', () => {
    expect(cost('hyena_se', { taps: 4 })).toMatchObject({
      parameters: 5_336_064,
      macs: projections + 4 * 4 * N * D + N * D,
    });
    expect(cost('hyena_y', { taps: 4 })).toMatchObject({
      parameters: 5_318_784,
      macs: projections + 4 * N * D + N * D,
    });
  });
  it('MLP r: 2rND²', () => {
    for (const [ratio, parameters] of [
      [3, 7_967_232],
      [4, 10_622_592],
      [6, 15_933_312],
    ] as const) {
      expect(cost('mlp', { ratio })).toMatchObject({ parameters, macs: 2 * ratio * N * D * D });
    }
  });
  it('Hyena-X MLP and Mamba-2 have the papers’ parameters', () => {
    expect(cost('mlp_hyena_x', { ratio: 2, taps: 4 }).parameters).toBe(10_626_176);
    expect(cost('mlp_hyena_x', { ratio: 2, taps: 4 }).macs).toBe(
      8 * N * D * D + 6 * 4 * N * D + 2 * N * D * 1,
    );
    expect(cost('mamba2', { state: 64, expand: 2, headWidth: 16, taps: 4 }).parameters).toBe(8_290_864);
  });
});

describe('modelCost', () => {
  it('of 14 interleaved Hyena-X saves 1.75 % of the blocks at 256 tokens', () => {
    const slots: Record<SlotId, SlotPlan> = Object.fromEntries(
      Array.from({ length: 14 }, (_, i) => [
        `blocks.${2 * i + 1}.attn`,
        { operator: 'hyena_x', config: { taps: 4 }, initialisation: 'auto' as const },
      ]),
    );
    const { total, base } = modelCost(xl, { ...emptyPlan('x'), slots });
    const blocks = known(macsByPart(forwardGraph(xl)).blocks, 'blocks');
    expect((100 * (total.macs - base.macs)) / blocks).toBeCloseTo(-1.75, 1);
    expect(total.parameters - base.parameters).toBe(14 * (5_330_304 - 5_313_024));
  });
});
