// The damage model: how much the output of the whole model is expected to change when several slots are swapped at once.
import { slotEntries } from '../edits.ts';
import type { Plan, SlotId } from '../plan.ts';
import { type Candidate, candidateKey } from './candidate.ts';
import type { Option } from './front.ts';

/**
 * Relative L2 change of the predicted noise when only this slot holds this candidate, untrained; undefined where it has
 * not been measured.
 */
export type ChangeOf = (slot: SlotId, candidate: Candidate) => number | undefined;

/** What a slot may hold: the teacher (null) or a candidate. */
export interface SlotOption extends Option {
  readonly candidate: Candidate | null;
}

export interface SlotOptions {
  readonly slot: SlotId;
  readonly options: readonly SlotOption[];
}

/**
 * Assumed is that changes of single slots are uncorrelated in the output, so that their squares add:
 * |Δ|² = Σ |Δ_s|². That is exact for orthogonal changes; ones that point the same way add up to more, ones that cancel
 * to less.
 */
export function combined(changes: readonly number[]): number {
  return Math.sqrt(changes.reduce((sum, change) => sum + change ** 2, 0));
}

/** The options of each slot, damage in squared relative change. Unmeasured candidates are no options. */
export function slotOptions(
  slots: readonly SlotId[],
  candidates: (slot: SlotId) => readonly Candidate[],
  changeOf: ChangeOf,
  costOf: (slot: SlotId, candidate: Candidate | null) => number | undefined,
): SlotOptions[] {
  return slots.map((slot) => {
    const option = (candidate: Candidate | null, change: number | undefined): SlotOption[] => {
      const cost = costOf(slot, candidate);
      return change === undefined || cost === undefined ? [] : [{ candidate, cost, damage: change ** 2 }];
    };
    const measured = candidates(slot).flatMap((candidate) => option(candidate, changeOf(slot, candidate)));
    return { slot, options: [...option(null, 0), ...measured] };
  });
}

export type Prediction =
  | { readonly kind: 'predicted'; readonly change: number }
  | { readonly kind: 'unmeasured'; readonly slots: readonly SlotId[] };

/** What the model expects of any plan, or the slots whose operators have not been measured. */
export function predict(plan: Plan, changeOf: ChangeOf): Prediction {
  const found = slotEntries(plan).map(([slot, held]) => ({ slot, change: changeOf(slot, held) }));
  const missing = found.flatMap(({ slot, change }) => (change === undefined ? [slot] : []));
  if (missing.length > 0) return { kind: 'unmeasured', slots: missing };
  return { kind: 'predicted', change: combined(found.map(({ change = 0 }) => change)) };
}

/** Whether a plan holds exactly these operators, whatever its recipe. */
export function holdsSame(a: Plan, b: Plan): boolean {
  const written = (plan: Plan) =>
    slotEntries(plan)
      .map(([slot, held]) => `${slot} ${candidateKey(held)}`)
      .join('\n');
  return written(a) === written(b);
}
