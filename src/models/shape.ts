// The shape of a DiT, the published configurations, and what its slots look like to an operator.
import type { SlotSite } from '../operators/operator.ts';
import type { SlotId, SlotKind } from '../plan/plan.ts';

export interface DitShape {
  /** Rows and columns of the image or latent. */
  readonly inputSize: number;
  readonly patchSize: number;
  readonly channels: number;
  /** Model width D. */
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  /** Without the null class. */
  readonly classes: number;
  /** Twice the channels come out: noise, then the variance parameter. */
  readonly learnSigma: boolean;
}

/** Width, depth and heads of arXiv 2212.09748 Table 1; the patch is chosen freely (XL/2, B/4, …). */
export const publishedSizes = {
  S: { width: 384, depth: 12, heads: 6 },
  B: { width: 768, depth: 12, heads: 12 },
  L: { width: 1024, depth: 24, heads: 16 },
  XL: { width: 1152, depth: 28, heads: 16 },
} as const;

/** A published DiT on ImageNet latents of 4×32×32 (256 px) unless told otherwise. */
export function publishedShape(
  size: keyof typeof publishedSizes,
  patchSize: number,
  rest: Partial<DitShape> = {},
): DitShape {
  const common = { inputSize: 32, channels: 4, mlpRatio: 4, classes: 1000, learnSigma: true };
  return { ...common, ...publishedSizes[size], patchSize, ...rest };
}

export function gridOf(shape: DitShape): number {
  return shape.inputSize / shape.patchSize;
}

export function outChannels(shape: DitShape): number {
  return shape.learnSigma ? 2 * shape.channels : shape.channels;
}

export function slotIds(shape: Pick<DitShape, 'depth'>): SlotId[] {
  return Array.from({ length: shape.depth }, (_, i): SlotId[] => [
    `blocks.${i}.attn`,
    `blocks.${i}.mlp`,
  ]).flat();
}

export function kindOf(slot: SlotId): SlotKind {
  return slot.endsWith('.attn') ? 'sequence' : 'channel';
}

/** The facts of a slot that an operator's shapes depend on. */
export function siteOf(shape: DitShape, slot: SlotId): SlotSite {
  const grid = gridOf(shape);
  return {
    kind: kindOf(slot),
    width: shape.width,
    tokens: grid * grid,
    grid: [grid, grid],
    heads: shape.heads,
    mlpRatio: shape.mlpRatio,
  };
}
