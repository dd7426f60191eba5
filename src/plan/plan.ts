// The document. About 1 KB of JSON, immutable, versioned; everything on screen is derived from it.

/** `blocks.7.attn` (a sequence mixer) or `blocks.7.mlp` (a channel mixer). */
export type SlotId = `blocks.${number}.attn` | `blocks.${number}.mlp`;
export type SlotKind = 'sequence' | 'channel';

/** Values of an operator's config fields; which fields exist is the operator's own affair (operators/operator.ts). */
export type OperatorConfig = Readonly<Record<string, number | string>>;

/**
 * How a new operator's weights start; `auto` measures all that apply and takes the lowest error before training.
 * `generated` applies where a weight generator knows the operator.
 */
export type Initialisation = 'auto' | 'random' | 'inherit' | 'ridge' | 'generated';

export interface SlotPlan {
  /** An id of operators/index.ts, e.g. `swa`. */
  readonly operator: string;
  readonly config: OperatorConfig;
  readonly initialisation: Initialisation;
}

export type Loss = 'l1' | 'l2' | 'huber';

/** Stage 1, activation distillation (arXiv 2506.05340 §3; spec §3). */
export interface Stage1Recipe {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly loss: Loss;
  /** Only for the Huber loss. */
  readonly huberDelta: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  /** Stop a slot when its held-out error has improved by less than 1 % over the last `patience` evaluations. */
  readonly stopWhenFlat: boolean;
}

/** Which weights stage 2 trains. */
export type Scope = 'all' | 'grafted' | 'lora';

/** Stage 2, lightweight fine-tuning with the diffusion loss (spec §4). */
export interface Stage2Recipe {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly emaDecay: number;
  readonly labelDropout: number;
  readonly scope: Scope;
  /** Only for the scope `lora`. */
  readonly loraRank: number;
}

export interface Plan {
  readonly format: 'scion-plan';
  readonly version: 1;
  /** Id of the pretrained base model, e.g. `dit-fashion-mnist`. */
  readonly base: string;
  /** Only the slots that differ from the base. */
  readonly slots: Readonly<Partial<Record<SlotId, SlotPlan>>>;
  readonly stage1: Stage1Recipe;
  readonly stage2: Stage2Recipe;
  readonly seed: number;
}

export const defaultStage1: Stage1Recipe = {
  steps: 400,
  batch: 32,
  learningRate: 1e-3,
  loss: 'l1',
  huberDelta: 1,
  weightDecay: 0,
  clipNorm: 10,
  stopWhenFlat: true,
};

export const defaultStage2: Stage2Recipe = {
  steps: 400,
  batch: 32,
  learningRate: 3e-4,
  warmupSteps: 40,
  weightDecay: 0,
  clipNorm: 1,
  emaDecay: 0.99,
  labelDropout: 0.1,
  scope: 'all',
  loraRank: 8,
};

export function emptyPlan(base: string): Plan {
  return {
    format: 'scion-plan',
    version: 1,
    base,
    slots: {},
    stage1: defaultStage1,
    stage2: defaultStage2,
    seed: 0,
  };
}
