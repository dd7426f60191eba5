// The Hyena family (spec §2.1): gated short causal convolutions along the raster order, without other nonlinearity.
//   SE  u = conv(W_in x), y = W_out( q ⊙ conv(k ⊙ v) )     X  without the inner, Y  without the outer convolution
import { conv1d, gate, linear, type Node, slice, transpose } from '../../graph/index.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { fieldProblem, numberOf } from '../config.ts';
import { identityTaps } from '../initialise.ts';
import { filterSpec, identityFilterSpec, linearSpec } from '../linearSpec.ts';
import type { ConfigField, Operator, ParameterSpec, SlotSite, WeightNodes } from '../operator.ts';

type FilterName = 'short_filter' | 'inner_filter';

interface Variant {
  readonly id: string;
  readonly label: string;
  readonly promise: string;
  readonly card: string;
  readonly formula: string;
  readonly filters: readonly FilterName[];
}

const taps: ConfigField = {
  kind: 'number',
  name: 'taps',
  label: 'Taps',
  help: 'Length of the causal filters: the token itself and those to its left',
  min: 1,
  max: (site) => site.tokens,
  step: 1,
  presets: [4, 8, 16],
};

/** Depthwise, causal, in channel-major layout [B, C, N]: tap j meets position t − K + 1 + j. */
function causalFilter(u: Node, w: WeightNodes, name: FilterName): Node {
  const weight = w(`${name}.weight`); // [C, 1, K]
  return conv1d(u, weight, w(`${name}.bias`), {
    padBefore: (weight.shape[2] ?? 1) - 1,
    groups: u.shape[1] ?? 1,
  });
}

function features(variant: Variant, x: Node, w: WeightNodes): Node {
  const width = x.shape[2] ?? 0;
  let u = transpose(linear(x, w('in_proj.weight'), w('in_proj.bias')), [0, 2, 1]); // [B, 3D, N]
  if (variant.filters.includes('short_filter')) u = causalFilter(u, w, 'short_filter');
  const [q, k, v] = [0, 1, 2].map((i) => slice(u, 1, i * width, (i + 1) * width)) as [Node, Node, Node];
  let value = gate(k, v);
  if (variant.filters.includes('inner_filter')) value = causalFilter(value, w, 'inner_filter');
  return transpose(gate(q, value), [0, 2, 1]); // [B, N, D]
}

function parameters(variant: Variant, config: OperatorConfig, { width }: SlotSite): readonly ParameterSpec[] {
  const length = numberOf(config, 'taps');
  const specs = [...linearSpec('in_proj', 3 * width, width)];
  if (variant.filters.includes('short_filter')) specs.push(...filterSpec('short_filter', 3 * width, length));
  if (variant.filters.includes('inner_filter'))
    specs.push(...identityFilterSpec('inner_filter', width, length));
  return [...specs, ...linearSpec('out_proj', width, width)];
}

function hyena(variant: Variant): Operator {
  const operator: Operator = {
    id: variant.id,
    kind: 'sequence',
    label: variant.label,
    promise: variant.promise,
    card: variant.card,
    formula: variant.formula,
    fields: [taps],
    defaults: (site) => ({ taps: Math.min(4, site.tokens) }),
    summary: (config) => `${numberOf(config, 'taps')} taps`,
    problem: (config, site) => fieldProblem(operator, config, site),
    parameters: (config, site) => parameters(variant, config, site),
    apply: (x, w) => linear(features(variant, x, w), w('out_proj.weight'), w('out_proj.bias')),
    // Each causal filter reaches one tap less than its length further back.
    sees: (config) => {
      const reach = variant.filters.length * (numberOf(config, 'taps') - 1);
      return (query, key) => key <= query && query - key <= reach;
    },
    outputLayer: 'out_proj',
    features: (x, w) => features(variant, x, w),
    inherit: ({ weights }, config, { width }) => {
      const { 'qkv.weight': qkv, 'qkv.bias': qkvBias, 'proj.weight': proj, 'proj.bias': projBias } = weights;
      if (!qkv || !qkvBias || !proj || !projBias) return undefined;
      const length = numberOf(config, 'taps');
      const filters = variant.filters.map((name) =>
        identityTaps(name, name === 'short_filter' ? 3 * width : width, length),
      );
      return Object.assign(
        {
          'in_proj.weight': qkv,
          'in_proj.bias': qkvBias,
          'out_proj.weight': proj,
          'out_proj.bias': projBias,
        },
        ...filters,
      );
    },
    initialisations: () => ['random', 'inherit', 'ridge'],
  };
  return operator;
}

export const hyenaSE = hyena({
  id: 'hyena_se',
  label: 'Hyena-SE',
  promise: 'Filters inputs and gate',
  card:
    'Short explicit Hyena: a causal filter on the three projections, a gate k⊙v, a second causal filter, and a gate ' +
    'by q. Its cost is linear in tokens. It looks only back along the raster order, so nothing to the right or below ' +
    'is seen. FID 2.73 at 50 % in the paper.',
  formula: 'q, k, v = conv(W_in x);  y = W_out (q ⊙ conv(k ⊙ v))',
  filters: ['short_filter', 'inner_filter'],
});

export const hyenaX = hyena({
  id: 'hyena_x',
  label: 'Hyena-X',
  promise: 'Filters the inputs only',
  card:
    'Hyena-SE without the inner filter: the three projections are filtered once and multiplied. The paper chose it ' +
    'for PixArt-Σ as its best balance of quality and cost; FID 2.74 at 50 %.',
  formula: 'q, k, v = conv(W_in x);  y = W_out (q ⊙ k ⊙ v)',
  filters: ['short_filter'],
});

export const hyenaY = hyena({
  id: 'hyena_y',
  label: 'Hyena-Y',
  promise: 'Filters inside the gate only',
  card:
    'Hyena-SE without the outer filter: one causal filter acts on k⊙v. The cheapest of the three and, in the paper, ' +
    'the best of them by a hair: FID 2.72 at 50 %.',
  formula: 'q, k, v = W_in x;  y = W_out (q ⊙ conv(k ⊙ v))',
  filters: ['inner_filter'],
});
