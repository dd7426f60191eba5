// From the search back to the document: the plan that a point of the front stands for, and the k safest replacements.
import { replaceOperator, restoreTeacher } from '../edits.ts';
import type { Plan, SlotId } from '../plan.ts';
import { compareSlots } from '../slots.ts';
import type { Candidate } from './candidate.ts';
import type { ChangeOf, SlotOptions } from './damage.ts';

/** The plan with these options in its slots; recipes, seed and base stay. */
export function planOfChoice(plan: Plan, groups: readonly SlotOptions[], choice: readonly number[]): Plan {
  let next = plan;
  groups.forEach(({ slot, options }, group) => {
    const candidate = options[choice[group] ?? -1]?.candidate ?? null;
    next = candidate ? replaceOperator(next, [slot], candidate) : restoreTeacher(next, [slot]);
  });
  return next;
}

/** The k slots where this candidate changes the output least, in model order; fewer where fewer are measured. */
export function safestSlots(
  slots: readonly SlotId[],
  candidate: Candidate,
  count: number,
  changeOf: ChangeOf,
): SlotId[] {
  return slots
    .flatMap((slot) => {
      const change = changeOf(slot, candidate);
      return change === undefined ? [] : [{ slot, change }];
    })
    .sort((a, b) => a.change - b.change || compareSlots(a.slot, b.slot))
    .slice(0, count)
    .map(({ slot }) => slot)
    .sort(compareSlots);
}
