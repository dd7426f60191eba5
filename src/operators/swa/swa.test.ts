// The banded form of the sliding window against softmax over the visible keys, where sequences are long.
import { describe, expect, it } from 'vitest';
import { largestDifference } from '../../cli/golden-data/goldenCase.ts';
import { evaluate } from '../../graph/evaluate.ts';
import { graphOf, input } from '../../graph/index.ts';
import { values } from '../../graph/testing.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import type { SlotSite } from '../operator.ts';
import { swa } from './swa.ts';

const [width, heads] = [4, 2];

function run(site: SlotSite, config: OperatorConfig) {
  const feeds: Record<string, Tensor> = {
    x: values([1, site.tokens, width], 5),
    ...Object.fromEntries(
      swa.parameters(config, site).map(({ name, shape }, i) => [name, values(shape, 7 + i)]),
    ),
  };
  const nodes = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, input(name, feed.shape)]),
  );
  const y = swa.apply(known(nodes.x, 'x'), (name) => known(nodes[name], name), config, site);
  return { feeds, y: known(evaluate(graphOf({ y }), feeds, 'f64').y, 'y').data };
}

/** Query by query, in float64. */
function direct(
  feeds: Readonly<Record<string, Tensor>>,
  tokens: number,
  sees: (i: number, j: number) => boolean,
): number[] {
  const at = (name: string, index: number) => Number(known(feeds[name], name).data[index]);
  const project = (weight: string, bias: string, row: number, x: (d: number) => number) => {
    let sum = at(bias, row);
    for (let d = 0; d < width; d++) sum += at(weight, row * width + d) * x(d);
    return sum;
  };
  const headWidth = width / heads;
  const qkv = Array.from({ length: tokens }, (_, t) =>
    Array.from({ length: 3 * width }, (_, row) =>
      project('Wqkv.weight', 'Wqkv.bias', row, (d) => at('x', t * width + d)),
    ),
  );
  const part = (which: number, t: number, d: number) => Number(qkv[t]?.[which * width + d]);
  return Array.from({ length: tokens }, (_, i) => {
    const keys = Array.from({ length: tokens }, (_, j) => j).filter((j) => sees(i, j));
    const mixed = Array.from({ length: width }, (_, d) => {
      const first = Math.floor(d / headWidth) * headWidth;
      const weights = keys.map((j) => {
        let score = 0;
        for (let e = first; e < first + headWidth; e++) score += part(0, i, e) * part(1, j, e);
        return Math.exp(score / Math.sqrt(headWidth));
      });
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return keys.reduce((sum, j, k) => sum + (Number(weights[k]) / total) * part(2, j, d), 0);
    });
    return Array.from({ length: width }, (_, row) =>
      project('out_proj.weight', 'out_proj.bias', row, (d) => Number(mixed[d])),
    );
  }).flat();
}

describe('sliding windows', () => {
  // Up to 128 tokens, or where a window reaches most of them, one masked product is taken; else bands.
  it.each([
    [100, 4],
    [192, 4],
    [200, 7],
    [150, 140],
  ])('see ±w tokens of %i, w = %i', (tokens, window) => {
    const site: SlotSite = { kind: 'sequence', width, tokens, grid: [1, tokens], heads, mlpRatio: 4 };
    const { feeds, y } = run(site, { window, shape: 'raster' });
    const wanted = direct(feeds, tokens, (i, j) => Math.abs(i - j) <= window);
    expect(largestDifference(y, wanted)).toBeLessThan(1e-12);
  });

  it('see a square of the grid in two dimensions', () => {
    const site: SlotSite = { kind: 'sequence', width, tokens: 256, grid: [16, 16], heads, mlpRatio: 4 };
    const { feeds, y } = run(site, { window: 1, shape: 'grid' });
    const near = (a: number, b: number) => Math.abs(a - b) <= 1;
    const wanted = direct(feeds, 256, (i, j) => near(i >> 4, j >> 4) && near(i % 16, j % 16));
    expect(largestDifference(y, wanted)).toBeLessThan(1e-12);
  });
});
