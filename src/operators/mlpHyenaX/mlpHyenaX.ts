// Hyena-X as a channel mixer (spec §2.1): the short filter slides along the feature axis, one filter a token position.
import { conv1d, gate, linear, type Node, slice } from '../../graph/index.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { fieldProblem, numberOf } from '../config.ts';
import { filterSpec, linearSpec } from '../linearSpec.ts';
import type { Operator, SlotSite, WeightNodes } from '../operator.ts';

const innerWidth = (config: OperatorConfig, site: SlotSite) =>
  Math.floor(numberOf(config, 'ratio') * site.width);

/** The filter runs over the joined q|k|v axis, so the first taps of k and v read the tail of the part before. */
function features(x: Node, w: WeightNodes, config: OperatorConfig, site: SlotSite): Node {
  const inner = innerWidth(config, site);
  const u = conv1d(
    linear(x, w('in_proj.weight'), w('in_proj.bias')), // [B, N, 3rD]
    w('short_filter.weight'),
    w('short_filter.bias'),
    { padBefore: numberOf(config, 'taps') - 1, groups: site.tokens },
  );
  const [q, k, v] = [0, 1, 2].map((i) => slice(u, 2, i * inner, (i + 1) * inner)) as [Node, Node, Node];
  return gate(q, gate(k, v)); // [B, N, rD]
}

export const mlpHyenaX: Operator = {
  id: 'mlp_hyena_x',
  kind: 'channel',
  label: 'Hyena-X MLP',
  promise: 'Gates and filters channels',
  card:
    'A gated channel mixer: three projections, a short causal filter along the features, and two products. As in the ' +
    'released code, each token position has its own filter, so the weights fit one number of tokens only. FID 2.64 at ' +
    '50 % in the paper.',
  formula: 'q, k, v = conv(W_in x) along features;  y = W_out (q ⊙ k ⊙ v)',
  fields: [
    {
      kind: 'number',
      name: 'ratio',
      label: 'Ratio',
      help: 'Inner width over the model width',
      min: 0.5,
      max: () => 8,
      step: 0.5,
      presets: [1, 2, 4],
    },
    {
      kind: 'number',
      name: 'taps',
      label: 'Taps',
      help: 'Length of the filter along the features',
      min: 1,
      max: () => 32,
      step: 1,
      presets: [2, 4, 8],
    },
  ],
  defaults: () => ({ ratio: 2, taps: 4 }),
  summary: (config) => `ratio ${numberOf(config, 'ratio')}`,
  problem: (config, site) => fieldProblem(mlpHyenaX, config, site),
  parameters: (config, site) => [
    ...linearSpec('in_proj', 3 * innerWidth(config, site), site.width),
    ...filterSpec('short_filter', site.tokens, numberOf(config, 'taps')),
    ...linearSpec('out_proj', site.width, innerWidth(config, site)),
  ],
  apply: (x, w, config, site) =>
    linear(features(x, w, config, site), w('out_proj.weight'), w('out_proj.bias')),
  outputLayer: 'out_proj',
  features,
  initialisations: () => ['random', 'ridge'],
};
