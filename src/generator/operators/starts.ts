// Starts for an operator from operators that were fitted before: their mean, and the one of the nearest condition. Both
// are deviations, added to what the operator inherits; the generator has to beat them (spec §3.3).
import { UserError } from '../../lib/errors.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import type { FittedOperator } from './collect.ts';
import { layerOf, type OperatorCondition } from './condition.ts';

/** Fitted operators whose weights have the same names and shapes. */
function alike(condition: OperatorCondition, size: number, fitted: readonly FittedOperator[]) {
  const own = fitted.filter(
    (other) => other.condition.operator === condition.operator && other.deviations.at(-1)?.length === size,
  );
  if (own.length > 0) return own;
  throw new UserError(
    `No fitted ${condition.operator} has ${size} numbers; run generator:operators with this operator.`,
  );
}

/**
 * Mean of the last checkpoints in the same slot, whatever their slice and settings; over all slots where the slot was
 * held out. A mean over layers alone would be a straw man: each layer's weights deviate in directions of their own.
 */
export function meanDeviation(
  condition: OperatorCondition,
  size: number,
  fitted: readonly FittedOperator[],
): Float32Array {
  const all = alike(condition, size, fitted);
  const sameSlot = all.filter((other) => other.condition.slot === condition.slot);
  const used = sameSlot.length > 0 ? sameSlot : all;
  const mean = new Float64Array(size);
  for (const { deviations } of used) {
    deviations.at(-1)?.forEach((value, i) => {
      mean[i] = (mean[i] ?? 0) + value / used.length;
    });
  }
  return Float32Array.from(mean);
}

/** The last checkpoint of the fitted operator whose layer, then settings, then slice are nearest. */
export function nearestOperator(
  condition: OperatorCondition,
  size: number,
  fitted: readonly FittedOperator[],
): FittedOperator {
  const [first, ...rest] = alike(condition, size, fitted).map((other) => ({
    other,
    distance: conditionDistance(condition, other.condition),
  }));
  if (!first) throw new UserError('No operator was fitted yet; run generator:operators.');
  return rest.reduce((best, next) => (next.distance < best.distance ? next : best), first).other;
}

/** A layer apart weighs more than any setting, a setting more than any slice. */
export function conditionDistance(a: OperatorCondition, b: OperatorCondition): number {
  const layers = Math.abs(layerOf(a.slot) - layerOf(b.slot));
  return 100 * layers + 10 * configDistance(a.config, b.config) + sliceDistance(a, b);
}

/** Sum over settings: octaves between numbers, one for words that differ. */
function configDistance(a: OperatorConfig, b: OperatorConfig): number {
  return Object.keys(a).reduce((sum, name) => {
    const [own, other] = [a[name], b[name]];
    if (typeof own === 'number' && typeof other === 'number')
      return sum + Math.abs(Math.log2((own + 1) / (other + 1)));
    return sum + (own === other ? 0 : 1);
  }, 0);
}

/** 1 − shared classes over all classes of both. */
function sliceDistance({ slice: a }: OperatorCondition, { slice: b }: OperatorCondition): number {
  const both = a.classes.filter((one) => b.classes.includes(one)).length;
  return 1 - both / new Set([...a.classes, ...b.classes]).size;
}
