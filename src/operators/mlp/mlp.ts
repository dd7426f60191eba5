// The MLP of any ratio: the teacher's own channel mixer at ratio 4, narrower or wider elsewhere (spec §2.1).
import { gelu, linear } from '../../graph/index.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { fieldProblem, numberOf } from '../config.ts';
import { linearSpec } from '../linearSpec.ts';
import type { Operator, SlotSite } from '../operator.ts';
import { resizeHidden } from './resizeHidden.ts';

export function hiddenWidth(config: OperatorConfig, { width }: SlotSite): number {
  return Math.floor(numberOf(config, 'ratio') * width);
}

export const mlp: Operator = {
  id: 'mlp',
  kind: 'channel',
  label: 'MLP',
  promise: 'Another hidden width',
  card:
    'Two linear layers with a GELU between them, at another hidden width than the teacher’s. Channel mixers take most ' +
    'of a DiT’s compute at short sequences, so a ratio of 3 saves where attention grafts cannot; in the paper even all ' +
    '28 MLPs at ratio 3 keep FID 2.66.',
  formula: 'y = W₂ GELU(W₁ x + b₁) + b₂',
  fields: [
    {
      kind: 'number',
      name: 'ratio',
      label: 'Ratio',
      help: 'Hidden width over the model width',
      min: 0.25,
      max: () => 16,
      step: 0.25,
      presets: [3, 4, 6],
    },
  ],
  defaults: () => ({ ratio: 3 }),
  summary: (config) => `ratio ${numberOf(config, 'ratio')}`,
  problem: (config, site) =>
    fieldProblem(mlp, config, site) ??
    (hiddenWidth(config, site) < 1
      ? `MLP ratio ${config.ratio} leaves no hidden unit at width ${site.width}.`
      : undefined),
  parameters: (config, site) => [
    ...linearSpec('fc1', hiddenWidth(config, site), site.width),
    ...linearSpec('fc2', site.width, hiddenWidth(config, site)),
  ],
  apply: (x, w, config, site) => linear(mlp.features(x, w, config, site), w('fc2.weight'), w('fc2.bias')),
  outputLayer: 'fc2',
  features: (x, w) => gelu(linear(x, w('fc1.weight'), w('fc1.bias'))),
  inherit: (teacher, config, site) => resizeHidden(teacher, hiddenWidth(config, site)),
  initialisations: () => ['random', 'inherit', 'ridge'],
};
