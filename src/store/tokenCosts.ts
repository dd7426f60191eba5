// Multiply-adds at other sequence lengths than the model's own: what a graft would save at a larger image.
import { baseCost, forwardGraph, macsByPart, operatorCost } from '../models/cost.ts';
import { teacherOperator } from '../models/dit.ts';
import { type DitShape, gridOf, siteOf, slotIds } from '../models/shape.ts';
import type { OperatorConfig, Plan, SlotId, SlotPlan } from '../plan/plan.ts';

/** Sides of the token grid that can be chosen, 64 to 16,384 tokens. */
export const gridSides = [8, 12, 16, 24, 32, 48, 64, 96, 128] as const;

export function tokensOf(shape: DitShape): number {
  return gridOf(shape) ** 2;
}

/** The model at another image size, with this many rows and columns of tokens. */
export function withSide(shape: DitShape, side: number): DitShape {
  return { ...shape, inputSize: side * shape.patchSize };
}

/** MACs of what a slot holds, for one image of `tokens` tokens (a square number). */
export function slotMacsAt(
  shape: DitShape,
  slot: SlotId,
  held: SlotPlan | undefined,
  tokens: number,
): number {
  const { id, config } = operatorOf(shape, slot, held);
  return operatorMacs(shape, slot, id, config, Math.sqrt(tokens));
}

/** MACs of the whole model with these slots, for one image of `tokens` tokens. */
export function modelMacsAt(shape: DitShape, slots: Plan['slots'], tokens: number): number {
  let macs = baseCost(withSide(shape, Math.sqrt(tokens))).macs;
  for (const slot of slotIds(shape)) {
    const held = slots[slot];
    if (held) macs += slotMacsAt(shape, slot, held, tokens) - slotMacsAt(shape, slot, undefined, tokens);
  }
  return macs;
}

/**
 * Share of a block's MACs that goes into the products of attention, q kᵀ and their use on v: the part that grows with the
 * square of the tokens, and all that a cheaper sequence mixer can save. Full attention costs b·N + c·N²; from its cost at
 * N and 4N follows c·N² = (f(4N) − 4 f(N)) / 12.
 */
export function scoreShare(shape: DitShape, tokens: number): number {
  const attention = (count: number) => slotMacsAt(shape, 'blocks.0.attn', undefined, count);
  const score = (attention(4 * tokens) - 4 * attention(tokens)) / 12;
  return score / blockMacs(shape, tokens);
}

function blockMacs(shape: DitShape, tokens: number): number {
  const one = { ...withSide(shape, Math.sqrt(tokens)), depth: 1 };
  return macsByPart(forwardGraph(one)).blocks ?? Number.NaN;
}

function operatorOf(shape: DitShape, slot: SlotId, held: SlotPlan | undefined) {
  if (held) return { id: held.operator, config: held.config };
  const { operator, config } = teacherOperator(shape, slot);
  return { id: operator.id, config };
}

const known = new Map<string, number>();

function operatorMacs(
  shape: DitShape,
  slot: SlotId,
  operator: string,
  config: OperatorConfig,
  side: number,
): number {
  const counted = (at: number) => operatorCost(operator, config, siteOf(withSide(shape, at), slot)).macs;
  if (side === gridOf(shape)) return counted(side);
  const { kind, width, heads } = siteOf(shape, slot);
  const key = JSON.stringify([operator, config, kind, width, heads, side]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const macs = side > largestCounted ? (extrapolated(counted, side) ?? counted(side)) : counted(side);
  known.set(key, macs);
  return macs;
}

/** Up to this side a graph is built and counted; its masks have as many entries as there are pairs of tokens. */
const largestCounted = 32;
const sampleSides = [12, 16, 20, 24, 28] as const;

/**
 * An operator's MACs are a polynomial of the side, of at most the fourth degree, once its window fits. Five counts define
 * it and a sixth proves it; undefined where it is none, as for a scan in chunks.
 */
function extrapolated(counted: (side: number) => number, side: number): number | undefined {
  const points = sampleSides.map((at) => [at, counted(at)] as const);
  const proof = counted(largestCounted);
  if (Math.abs(lagrange(points, largestCounted) / proof - 1) > 1e-9) return undefined;
  return Math.round(lagrange(points, side));
}

function lagrange(points: readonly (readonly [number, number])[], x: number): number {
  return points.reduce((sum, [xi, y]) => {
    const basis = points.reduce(
      (product, [xj]) => (xj === xi ? product : (product * (x - xj)) / (xi - xj)),
      1,
    );
    return sum + y * basis;
  }, 0);
}
