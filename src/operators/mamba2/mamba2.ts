// Mamba-2 (spec §2.1; Dao and Gu, arXiv 2405.21060): a selective state space, scanned causally in raster order.
import { linear } from '../../graph/index.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { fieldProblem, numberOf } from '../config.ts';
import { filterSpec } from '../linearSpec.ts';
import type { ConfigField, Operator, SlotSite } from '../operator.ts';
import { type MambaSizes, mambaFeatures } from './scan.ts';

function sizes(config: OperatorConfig, { width }: SlotSite): MambaSizes {
  const inner = numberOf(config, 'expand') * width;
  return {
    inner,
    state: numberOf(config, 'state'),
    headWidth: numberOf(config, 'headWidth'),
    heads: inner / numberOf(config, 'headWidth'),
    taps: numberOf(config, 'taps'),
  };
}

const field = (
  name: string,
  label: string,
  help: string,
  max: number,
  presets: readonly number[],
): ConfigField => ({
  kind: 'number',
  name,
  label,
  help,
  min: 1,
  max: () => max,
  step: 1,
  presets,
});

export const mamba2: Operator = {
  id: 'mamba2',
  kind: 'sequence',
  label: 'Mamba-2',
  promise: 'State space, linear in tokens',
  card:
    'A selective state space: each head carries a state along the tokens, decays it and reads from it by learned, ' +
    'input-dependent amounts. Linear in tokens, but with a wide projection: at few tokens it costs more than the ' +
    'attention it replaces. FID 2.65 at 50 % in the paper.',
  formula: 'H_t = a_t H_{t−1} + Δ_t x_t B_tᵀ;  y_t = H_t C_t + D x_t;  out = W_out RMS(y ⊙ SiLU(z))',
  fields: [
    field('state', 'State', 'Numbers a head remembers for each of its features', 256, [16, 64]),
    field('expand', 'Expand', 'Inner width over the model width', 4, [1, 2]),
    field('headWidth', 'Head width', 'Features of one head', 256, [8, 16, 32]),
    field('taps', 'Taps', 'Length of the causal filter before the scan', 16, [4]),
  ],
  defaults: () => ({ state: 64, expand: 2, headWidth: 16, taps: 4 }),
  summary: (config) => `state ${numberOf(config, 'state')}`,
  problem: (config, site) =>
    fieldProblem(mamba2, config, site) ??
    (Number.isInteger(sizes(config, site).heads)
      ? undefined
      : `Mamba-2’s inner width ${sizes(config, site).inner} is not a multiple of its head width ${config.headWidth}.`),
  parameters: (config, site) => {
    const { inner, state, heads, taps } = sizes(config, site);
    return [
      {
        name: 'in_proj.weight',
        shape: [2 * inner + 2 * state + heads, site.width],
        init: { kind: 'xavier' },
      },
      ...filterSpec('conv1d', inner + 2 * state, taps),
      { name: 'dt_bias', shape: [heads], init: { kind: 'mambaDt' } },
      { name: 'A_log', shape: [heads], init: { kind: 'mambaA' } },
      { name: 'D', shape: [heads], init: { kind: 'ones' } },
      { name: 'norm.weight', shape: [inner], init: { kind: 'ones' } },
      { name: 'out_proj.weight', shape: [site.width, inner], init: { kind: 'xavier' } },
    ];
  },
  apply: (x, w, config, site) => linear(mambaFeatures(x, w, sizes(config, site)), w('out_proj.weight')),
  sees: () => (query, key) => key <= query,
  outputLayer: 'out_proj',
  features: (x, w, config, site) => mambaFeatures(x, w, sizes(config, site)),
  initialisations: () => ['random', 'ridge'],
};
