import { describe, expect, it } from 'vitest';
import { baseCost, operatorCost } from '../models/cost.ts';
import { publishedShape, siteOf } from '../models/shape.ts';
import { operators } from '../operators/index.ts';
import type { SlotId, SlotPlan } from '../plan/plan.ts';
import { testModel } from './testing.ts';
import { modelMacsAt, scoreShare, slotMacsAt, tokensOf, withSide } from './tokenCosts.ts';

const xl = publishedShape('XL', 2);

describe('costs at other sequence lengths', () => {
  it('give the score part of attention the shares known for DiT', () => {
    expect(100 * scoreShare(xl, 256)).toBeCloseTo(3.6, 1);
    expect(100 * scoreShare(xl, 4096)).toBeCloseTo(37, 0);
    expect(100 * scoreShare(publishedShape('S', 2), 256)).toBeCloseTo(10, 0);
  });

  it('of full attention are 4ND² + 2N²D at every length', () => {
    const D = xl.width;
    for (const N of [64, 1024, 9216, 16384]) {
      expect(slotMacsAt(xl, 'blocks.3.attn', undefined, N)).toBe(4 * N * D * D + 2 * N * N * D);
    }
  });

  it('of a window are those of its visible pairs, also where no mask could be built', () => {
    const D = xl.width;
    const swa = (window: number, shape: string): SlotPlan => ({
      operator: 'swa',
      config: { window, shape },
      initialisation: 'auto',
    });
    const N = 16384;
    const raster = N * 9 - 4 * 5;
    expect(slotMacsAt(xl, 'blocks.0.attn', swa(4, 'raster'), N)).toBe(4 * N * D * D + 2 * raster * D);
    const row = 128 * 9 - 4 * 5;
    expect(slotMacsAt(xl, 'blocks.0.attn', swa(4, 'grid'), N)).toBe(4 * N * D * D + 2 * row * row * D);
  });

  it('extrapolate every operator to what its graph counts', () => {
    const { config } = testModel;
    for (const operator of operators) {
      const slot: SlotId = operator.kind === 'sequence' ? 'blocks.0.attn' : 'blocks.0.mlp';
      const held: SlotPlan = {
        operator: operator.id,
        config: operator.defaults(siteOf(config, slot)),
        initialisation: 'auto',
      };
      const counted = operatorCost(operator.id, held.config, siteOf(withSide(config, 48), slot)).macs;
      const got = slotMacsAt(config, slot, held, 48 * 48);
      expect(Math.abs(got / counted - 1), operator.id).toBeLessThan(1e-9);
    }
  });

  it('add up to the model, and grow the savings of attention grafts with length', () => {
    const slots: Record<SlotId, SlotPlan> = Object.fromEntries(
      Array.from({ length: 14 }, (_, i) => [
        `blocks.${2 * i + 1}.attn`,
        { operator: 'hyena_x', config: { taps: 4 }, initialisation: 'auto' as const },
      ]),
    );
    expect(modelMacsAt(xl, {}, tokensOf(xl))).toBe(baseCost(xl).macs);
    const saved = (tokens: number) => 1 - modelMacsAt(xl, slots, tokens) / modelMacsAt(xl, {}, tokens);
    expect(100 * saved(256)).toBeCloseTo(1.75, 1);
    expect(saved(4096)).toBeGreaterThan(0.17);
    expect(saved(16384)).toBeGreaterThan(saved(4096));
  });
});
