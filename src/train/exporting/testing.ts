// A tiny grafted DiT with every operator in it, random weights everywhere.
import { randomStream } from '../../lib/random.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { f32, sizeOf } from '../../lib/tensor.ts';
import type { SlotOperators } from '../../models/dit.ts';
import { standardFrame } from '../../models/fixedTables.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import { graftsOf } from '../../models/pictures.ts';
import { type DitShape, siteOf, slotIds } from '../../models/shape.ts';
import { randomWeights } from '../../operators/initialise.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { emptyPlan, type Plan, type SlotPlan } from '../../plan/plan.ts';
import type { GraftedModel } from './graftedModel.ts';

export const tinyShape: DitShape = {
  inputSize: 16,
  patchSize: 4,
  channels: 1,
  width: 32,
  depth: 7,
  heads: 2,
  mlpRatio: 4,
  classes: 10,
  learnSigma: true,
};

const held = (operator: string, config: OperatorConfig): SlotPlan => ({
  operator,
  config,
  initialisation: 'auto',
});

/** Block 6 keeps its teacher. */
export const mixedPlan: Plan = {
  ...emptyPlan('tiny'),
  slots: {
    'blocks.0.attn': held('swa', { window: 2, shape: 'raster' }),
    'blocks.0.mlp': held('mlp', { ratio: 3 }),
    'blocks.1.attn': held('hyena_se', { taps: 4 }),
    'blocks.1.mlp': held('mlp_hyena_x', { ratio: 2, taps: 4 }),
    'blocks.2.attn': held('hyena_x', { taps: 3 }),
    'blocks.3.attn': held('hyena_y', { taps: 4 }),
    'blocks.4.attn': held('mamba2', { state: 8, expand: 2, headWidth: 16, taps: 4 }),
    'blocks.5.attn': held('mha', {}),
  },
  seed: 7,
};

export function tinyModel(plan: Plan = mixedPlan, shape: DitShape = tinyShape): GraftedModel {
  return {
    frame: standardFrame(shape),
    plan,
    weights: weightsOf(shape, graftsOf(plan)),
    pretrainingFlops: 1e12,
    provenance: { data: 'noise' },
  };
}

/** The operators' own starts, and noise around 0 for all else, so that no gate is shut. */
function weightsOf(shape: DitShape, grafts: SlotOperators): Record<string, Tensor> {
  const weights = Object.fromEntries(
    parameterShapes(shape, grafts).map(([name, extent]) => {
      const noise = randomStream(1, name).normal(new Float32Array(sizeOf(extent)));
      return [
        name,
        f32(
          extent,
          noise.map((z) => 0.1 * z),
        ),
      ];
    }),
  );
  for (const slot of slotIds(shape)) {
    const graft = grafts[slot];
    if (!graft) continue;
    const own = randomWeights(graft.operator.parameters(graft.config, siteOf(shape, slot)), 2, slot);
    for (const [name, tensor] of Object.entries(own)) weights[`${slot}.${name}`] = tensor;
  }
  return weights;
}
