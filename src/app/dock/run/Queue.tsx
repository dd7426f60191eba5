// The slots of the run, each with its ring, step and error; before a run, the slots that wait for one.
import { operatorById } from '../../../operators/index.ts';
import { slotEntries } from '../../../plan/edits.ts';
import type { SlotId, SlotPlan } from '../../../plan/plan.ts';
import { slotBlock, slotShortLabel } from '../../../plan/slots.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { selectSlotProgress, useSession } from '../../../store/sessionStore.ts';
import { select } from '../../../store/viewStore.ts';
import type { SlotProgress } from '../../../workers/protocol.ts';
import { fitSlots } from '../../canvas/camera.ts';
import { keptWords, ringState, ringWords } from '../../canvas/SlotRing.tsx';
import { small } from '../../format/numbers.ts';
import { shortName } from '../../format/shortName.ts';
import { Ring } from '../../parts/Ring.tsx';

export function Queue() {
  const plan = useDocument(selectPlan);
  const entries = slotEntries(plan);
  if (entries.length === 0) {
    return (
      <div className="empty">
        <strong>Nothing to graft yet</strong>
        <p>
          Drag an operator from the left onto a slot of the model. It is then distilled from the operator it
          replaces, and the whole is fine-tuned.
        </p>
      </div>
    );
  }
  return entries.map(([slot, held]) => <JobRow key={slot} slot={slot} held={held} />);
}

function JobRow({ slot, held }: { slot: SlotId; held: SlotPlan }) {
  const progress = useSession(selectSlotProgress(slot));
  const steps = useSession((state) => state.runPlan?.stage1.steps ?? 0);
  const stopped = useSession((state) => state.run?.state === 'failed');
  const state = progress ? ringState(progress, stopped) : 'queued';
  const error = progress?.bestError ?? progress?.error ?? null;
  return (
    <button
      type="button"
      className={state === 'queued' ? 'job-row is-queued' : 'job-row'}
      data-job={slot}
      onClick={() => {
        select([slot]);
        fitSlots([slotBlock(slot)]);
      }}
    >
      <Ring
        state={state}
        fraction={progress && steps > 0 ? progress.step / steps : 0}
        label={ringWords[state]}
      />
      <span>{slotShortLabel(slot)}</span>
      <span className="op">{shortName(operatorById(held.operator).label)}</span>
      <span>{progress ? stepText(progress, steps) : 'not grafted'}</span>
      <span className="num">{error === null ? '' : small(error)}</span>
    </button>
  );
}

function stepText(progress: SlotProgress, steps: number): string {
  if (progress.state === 'queued') return 'queued';
  if (progress.state === 'kept') return keptWords(progress);
  if (progress.state === 'flat') return `flat at ${progress.step}`;
  return progress.state === 'done' ? `${progress.step}` : `${progress.step}/${steps}`;
}
