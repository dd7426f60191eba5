import { expect, it } from 'vitest';
import { operatorById } from '../../operators/index.ts';
import { siteAt } from '../../store/costs.ts';
import { testModel } from '../../store/testing.ts';
import { reach } from './reach.ts';

const site = siteAt(testModel.config, 'blocks.0.attn');
const N = site.tokens;

it('counts the pairs of a window, and the attention that it holds', () => {
  const sees = operatorById('swa').sees?.({ window: 4, shape: 'raster' }, site) ?? (() => false);
  const even = new Float32Array(N * N).fill(1 / N);
  const got = reach(sees, N, 36, even);
  expect([...got.seen]).toEqual([32, 33, 34, 35, 36, 37, 38, 39, 40]);
  expect(got.pairShare).toBeCloseTo((N * 9 - 4 * 5) / N ** 2, 12);
  // Attention that spreads evenly is held in proportion to the pairs.
  expect(got.mass).toBeCloseTo(got.pairShare, 6);
  const self = Float32Array.from({ length: N * N }, (_, at) => (at % (N + 1) === 0 ? 1 : 0));
  expect(reach(sees, N, 36, self).mass).toBe(1);
});

it('knows no attention where none was measured', () => {
  const sees = operatorById('hyena_x').sees?.({ taps: 4 }, site) ?? (() => false);
  expect(reach(sees, N, 10, undefined)).toMatchObject({ seen: new Set([7, 8, 9, 10]), mass: null });
});
