// Sliding-window attention (spec §2.1): softmax attention over near tokens, raster as in the paper or on the grid.
import { linear } from '../../graph/index.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { projectHeads, type Visibility, windowAttention } from '../attention.ts';
import { fieldProblem, numberOf, textOf } from '../config.ts';
import { headsProblem } from '../headsProblem.ts';
import { linearSpec } from '../linearSpec.ts';
import type { Operator, SlotSite } from '../operator.ts';

/** The window that sees every token: wider ones change nothing. */
function widest(config: OperatorConfig, site: SlotSite): number {
  return textOf(config, 'shape') === 'grid' ? Math.max(...site.grid) - 1 : site.tokens - 1;
}

function visibility(config: OperatorConfig, site: SlotSite): Visibility {
  const window = numberOf(config, 'window');
  if (textOf(config, 'shape') !== 'grid') {
    return { sees: (i, j) => Math.abs(i - j) <= window, reach: window };
  }
  const columns = site.grid[1];
  return {
    sees: (i, j) =>
      Math.abs(Math.floor(i / columns) - Math.floor(j / columns)) <= window &&
      Math.abs((i % columns) - (j % columns)) <= window,
    reach: window * columns + Math.min(window, columns - 1),
  };
}

export const swa: Operator = {
  id: 'swa',
  kind: 'sequence',
  label: 'Sliding window attention',
  promise: 'Attends to near tokens only',
  card:
    'Softmax attention in which each token sees only the tokens within a window on both sides. It keeps all of the ' +
    'teacher’s weights, so nothing is lost but the far pairs. The paper’s window is one-dimensional, over raster ' +
    'order: ±4 tokens, 9 keys. The grid window sees a square of rows and columns instead.',
  formula: 'y = W_o · concat_h softmax(q_h k_hᵀ / √d, |i − j| ≤ w) v_h + b_o',
  fields: [
    {
      kind: 'number',
      name: 'window',
      label: 'Window',
      help: 'Tokens seen on each side',
      min: 1,
      max: (site) => site.tokens - 1,
      step: 1,
      presets: [2, 4, 8],
    },
    {
      kind: 'choice',
      name: 'shape',
      label: 'Shape',
      help: 'Along the raster order as in the paper, or a square on the token grid',
      choices: [
        { value: 'raster', label: '1-D raster' },
        { value: 'grid', label: '2-D grid' },
      ],
    },
  ],
  defaults: (site) => ({ window: Math.min(4, site.tokens - 1), shape: 'raster' }),
  summary: (config) => {
    const window = numberOf(config, 'window');
    const edge = 2 * window + 1;
    return textOf(config, 'shape') === 'grid' ? `${edge} × ${edge}` : `± ${window}`;
  },
  problem: (config, site) => {
    const limit = widest(config, site);
    const window = numberOf(config, 'window');
    const place = `the ${site.grid[0]}×${site.grid[1]} grid`;
    return (
      headsProblem('Sliding window attention', site) ??
      (window > limit
        ? `Window ${window} is larger than ${place}. Largest useful window: ${limit}.`
        : undefined) ??
      fieldProblem(swa, config, site)
    );
  },
  parameters: (_, { width }) => [
    ...linearSpec('Wqkv', 3 * width, width),
    ...linearSpec('out_proj', width, width),
  ],
  apply: (x, w, config, site) =>
    linear(swa.features(x, w, config, site), w('out_proj.weight'), w('out_proj.bias')),
  sees: (config, site) => visibility(config, site).sees,
  outputLayer: 'out_proj',
  features: (x, w, config, site) =>
    windowAttention(projectHeads(x, w('Wqkv.weight'), w('Wqkv.bias'), site.heads), visibility(config, site)),
  inherit: ({ weights }) => {
    const { 'qkv.weight': qkv, 'qkv.bias': qkvBias, 'proj.weight': proj, 'proj.bias': projBias } = weights;
    if (!qkv || !qkvBias || !proj || !projBias) return undefined;
    return {
      'Wqkv.weight': qkv,
      'Wqkv.bias': qkvBias,
      'out_proj.weight': proj,
      'out_proj.bias': projBias,
    };
  },
  initialisations: () => ['random', 'inherit', 'ridge'],
};
