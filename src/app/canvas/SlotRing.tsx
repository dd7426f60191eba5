// The ring of a slot; it alone renders when the slot's training moves.
import type { SlotId } from '../../plan/plan.ts';
import { selectSlotProgress, useSession } from '../../store/sessionStore.ts';
import type { SlotProgress } from '../../workers/protocol.ts';
import { small } from '../format/numbers.ts';
import { Ring } from '../parts/Ring.tsx';

export function SlotRing({ slot }: { slot: SlotId }) {
  const progress = useSession(selectSlotProgress(slot));
  const steps = useSession((state) => state.runPlan?.stage1.steps ?? 0);
  const stopped = useSession((state) => state.run?.state === 'failed');
  if (!progress) return null;
  const state = ringState(progress, stopped);
  const error = progress.bestError ?? progress.error;
  const words = progress.state === 'kept' ? keptWords(progress) : ringWords[state];
  const label = `${words}${error === null ? '' : `, relative error ${small(error)}`}`;
  return <Ring state={state} fraction={steps > 0 ? progress.step / steps : 0} label={label} />;
}

export function ringState(progress: SlotProgress, stopped: boolean): keyof typeof ringWords {
  if (progress.state === 'flat' || progress.state === 'done') return 'done';
  if (stopped || progress.state === 'kept') return 'stopped';
  return progress.state;
}

/** The slot ended early: the best weights are those of an earlier step. */
export function keptWords({ bestStep = 0 }: SlotProgress): string {
  return bestStep === 0 ? 'kept at its start' : `kept at step ${bestStep}`;
}

export const ringWords = {
  queued: 'queued',
  training: 'training',
  stopped: 'stopped',
  done: 'distilled',
} as const;
