// Multi-head attention: the teacher's own sequence mixer; in a plan, a self-graft, the control experiment.
import { linear } from '../../graph/index.ts';
import { fullAttention, projectHeads } from '../attention.ts';
import { headsProblem } from '../headsProblem.ts';
import { linearSpec } from '../linearSpec.ts';
import type { Operator } from '../operator.ts';

export const mha: Operator = {
  id: 'mha',
  kind: 'sequence',
  label: 'Attention',
  promise: 'Self-graft, the control',
  card:
    'Full softmax attention, the operator the model was pretrained with. Grafting it onto itself separates the loss of ' +
    'the recipe from the loss of a new architecture: the paper reports FID 2.27 → 2.49 for a full self-graft.',
  formula: 'y = W_o · concat_h softmax(q_h k_hᵀ / √d) v_h + b_o',
  fields: [],
  defaults: () => ({}),
  summary: (_, site) => `${site.heads} heads`,
  problem: (_, site) => headsProblem('Attention', site),
  parameters: (_, { width }) => [...linearSpec('qkv', 3 * width, width), ...linearSpec('proj', width, width)],
  apply: (x, w, config, site) => linear(mha.features(x, w, config, site), w('proj.weight'), w('proj.bias')),
  sees: () => () => true,
  outputLayer: 'proj',
  features: (x, w, _, site) => fullAttention(projectHeads(x, w('qkv.weight'), w('qkv.bias'), site.heads)),
  inherit: ({ weights }) => weights,
  initialisations: () => ['random', 'inherit', 'ridge'],
};
