// What the cases around a whole DiT share: its shape from a manifest, its weights, its exchanged operators.
import { FileError } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { SlotOperator, SlotOperators } from '../../models/dit.ts';
import { recogniseOperator } from '../../models/recogniseOperator.ts';
import { type DitShape, kindOf } from '../../models/shape.ts';
import { operatorById, type SlotSite } from '../../operators/index.ts';
import { isRecord } from '../../plan/reading.ts';
import { slotId } from '../../plan/slots.ts';
import type { GoldenCase } from './goldenCase.ts';
import { record } from './manifest.ts';

/** The shape that `config` states in facebookresearch/DiT's words. */
export function ditShape(golden: GoldenCase): DitShape {
  return {
    inputSize: golden.number('input_size'),
    patchSize: golden.number('patch_size'),
    channels: golden.number('in_channels'),
    width: golden.number('hidden_size'),
    depth: golden.number('depth'),
    heads: golden.number('num_heads'),
    mlpRatio: golden.number('mlp_ratio'),
    classes: golden.number('num_classes'),
    learnSigma: golden.manifest.config.learn_sigma !== false,
  };
}

/** A raster of tokens as an operator sees it; the grid only matters to windows over rows and columns. */
export function siteOfTokens(
  golden: GoldenCase,
  kind: SlotSite['kind'],
  tokens: number,
  width: number,
): SlotSite {
  const { num_heads: heads, teacher_heads: teacherHeads, mlp_ratio: mlpRatio } = golden.manifest.config;
  const side = Math.sqrt(tokens);
  return {
    kind,
    width,
    tokens,
    grid: Number.isInteger(side) ? [side, side] : [1, tokens],
    heads: [heads, teacherHeads].find((value) => typeof value === 'number') ?? 1,
    mlpRatio: typeof mlpRatio === 'number' ? mlpRatio : 4,
  };
}

/**
 * The operator that a manifest names, with the sizes of its tensors; only a window stands in the manifest alone.
 * @param weights by the name below the slot
 */
export function operatorOf(
  where: string,
  named: { readonly id: unknown; readonly window: unknown },
  weights: Readonly<Record<string, Tensor>>,
  width: number,
): SlotOperator {
  const { kind } = operatorById(String(named.id));
  const shapes = new Map(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
  const found = recogniseOperator(shapes, { where, kind, width }, { window: windowOf(where, named.window) });
  if (found.operator.id === named.id) return found;
  throw new FileError(`${where} should hold ${named.id}, but its tensors are those of ${found.operator.id}.`);
}

/** `4`, or `[4, 4]` for both sides. */
function windowOf(where: string, window: unknown): number {
  const sides: unknown[] = Array.isArray(window) ? window : [window ?? 1];
  const [left = Number.NaN] = sides.map(Number);
  if (sides.every((side) => Number(side) === left)) return left;
  throw new FileError(
    `${where} has a window of ${sides.join(' and ')} tokens; Scion's windows are the same on both sides.`,
  );
}

/** The exchanged operators that `config.attn` and `config.mlp` list by block. */
export function graftsOf(
  golden: GoldenCase,
  shape: DitShape,
  weights: Readonly<Record<string, Tensor>>,
): SlotOperators {
  const grafts: Record<string, SlotOperator> = {};
  for (const part of ['attn', 'mlp'] as const) {
    for (const [block, entry] of Object.entries(record(golden.manifest.config[part]))) {
      if (!isRecord(entry))
        throw new FileError(`${golden.manifest.path} names no operator for ${part} ${block}.`);
      const slot = slotId(Number(block), part);
      const own = Object.entries(weights).flatMap(([name, tensor]) =>
        name.startsWith(`${slot}.`) ? [[name.slice(slot.length + 1), tensor] as const] : [],
      );
      const named = { id: entry.operator, window: entry.window };
      const found = operatorOf(slot, named, Object.fromEntries(own), shape.width);
      if (found.operator.kind !== kindOf(slot)) {
        throw new FileError(`${slot} cannot hold ${found.operator.id}, which is of another kind.`);
      }
      grafts[slot] = found;
    }
  }
  return grafts;
}
