// What to say when a step was not finite: what happened and where, what was restored, what follows from it.
import type { SlotId } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import type { SlotSetBack } from '../stage1/distiller.ts';
import { maxSetbacks } from '../stage1/slotState.ts';
import type { Stage2SetBack } from '../stage2/finetuner.ts';
import type { Problem } from './progress.ts';

/** @param step the step that was not finite, the first being 1 */
export function stage1SetBackProblem(setBack: SlotSetBack, step: number): Problem {
  const { slot, cause } = setBack;
  const label = slotLabel(slot);
  const what = `The ${cause} of ${label[0]?.toLowerCase()}${label.slice(1)} was not finite at step ${step} of stage 1.`;
  return problem(slot, slot, `${what} ${consequence(setBack, 'this slot')}`, setBack.ended);
}

export function stage2SetBackProblem(setBack: Stage2SetBack, step: number): Problem {
  const { cause, place } = setBack;
  const what = `The fine-tuning ${cause} was not finite at step ${step} of stage 2`;
  const where = place === null ? '' : `; it began with ${place.words}`;
  const text = `${what}${where}. ${consequence(setBack, 'stage 2')}`;
  return problem('stage2', place?.slot ?? null, text, setBack.ended);
}

function consequence(
  { ended, restoredStep }: { readonly ended: boolean; readonly restoredStep: number },
  who: string,
): string {
  const restored =
    restoredStep === 0
      ? 'Its start was restored'
      : `Its best weights, of step ${restoredStep}, were restored`;
  if (!ended) return `${restored} and the learning rate halved; training goes on.`;
  return `${restored}, and after ${maxSetbacks} halvings of the learning rate ${who} trains no further. Try a smaller learning rate.`;
}

/** One problem a series: the latest replaces the ones before. */
function problem(series: string, slot: SlotId | null, text: string, ended: boolean): Problem {
  return {
    id: `nan-${series}`,
    severity: ended ? 'error' : 'warning',
    text,
    slot,
    action: ended ? 'smallerRate' : null,
  };
}
