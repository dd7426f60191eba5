// What the buttons of a problem do: go on, try again, try again with less.
import { setStage1, setStage2 } from '../../plan/edits.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { isSlotId } from '../../plan/slots.ts';
import type { Problem } from '../../workers/protocol.ts';
import { currentPlan, editPlan } from '../documentStore.ts';
import { type SessionState, useSession } from '../sessionStore.ts';
import { setSettings, useSettings } from '../settingsStore.ts';
import { openDialog } from '../viewStore.ts';
import { restartTrainer } from './connect.ts';
import { type GraftStart, graft, resumeRun } from './graft.ts';
import { openModel } from './opening.ts';
import { drawMissingPictures } from './pictures.ts';

/** A way out of a problem: the words on its button, and what it does. */
export interface Remedy {
  readonly label: string;
  run(): void;
}

/** A slot was set back this often, with half the learning rate each time, before it was given up. */
const halvings = 6;

/** The likely way out, or null where there is none but to read. */
export function remedyOf(problem: Pick<Problem, 'id' | 'action'>, session: SessionState): Remedy | null {
  switch (problem.action) {
    case 'resume':
      return { label: 'Resume', run: resume };
    case 'retry':
      return retryOf(problem.id);
    case 'smallerBatch':
      return problem.id === 'graft' ? smallerBatch(session) : fewerPictures(problem.id);
    case 'smallerRate':
      return smallerRate(problem.id);
    case 'freeSpace':
      return { label: 'Show what uses the space', run: () => openDialog({ kind: 'storage' }) };
    case null:
      return null;
    default:
      return problem.action satisfies never;
  }
}

function retryOf(problemId: string): Remedy {
  if (problemId === 'trainer-crashed') {
    return { label: 'Restart the trainer', run: () => void restartTrainer() };
  }
  if (problemId === 'open') return { label: 'Try again', run: () => void openModel({ kind: 'bundled' }) };
  return { label: 'Try again', run: () => void graft('start') };
}

function resume(): void {
  const { resumable } = useSession.getState();
  void (resumable ? resumeRun(resumable) : graft('checkpoint'));
}

/** Half the batch of the stage that ran out of memory. */
function smallerBatch({ run }: SessionState): Remedy | null {
  const plan = currentPlan();
  const stage = run?.phase === 'stage2' ? 'stage2' : 'stage1';
  const { batch } = plan[stage];
  if (batch <= 1) return null;
  const less = Math.floor(batch / 2);
  const next = stage === 'stage2' ? setStage2(plan, { batch: less }) : setStage1(plan, { batch: less });
  return {
    label: `Retry with batch ${less}`,
    run: () => retry(next, `Batch ${batch} → ${less} after memory ran out`, stage),
  };
}

/** Smaller than every learning rate that was tried already. */
function smallerRate(problemId: string): Remedy {
  const plan = currentPlan();
  const stage = isSlotId(problemId.replace('nan-', '')) ? 'stage1' : 'stage2';
  const rate = plan[stage].learningRate;
  const learningRate = Number((rate / 2 ** halvings).toPrecision(2));
  const next = stage === 'stage2' ? setStage2(plan, { learningRate }) : setStage1(plan, { learningRate });
  return {
    label: `Retry with learning rate ${learningRate}`,
    run: () => retry(next, `Learning rate ${rate} → ${learningRate} after a loss that was not finite`, stage),
  };
}

/** Stage 1 is not done again where only stage 2 changes. */
function retry(plan: Plan, label: string, stage: 'stage1' | 'stage2'): void {
  const from: GraftStart = stage === 'stage2' ? { stage1Of: planHash(currentPlan()) } : 'start';
  editPlan({ plan, label });
  void graft(from);
}

function fewerPictures(problemId: string): Remedy | null {
  const { sampleCount } = useSettings.getState();
  if (problemId !== 'sample' || sampleCount <= 1) return null;
  const less = Math.floor(sampleCount / 2);
  return {
    label: `Draw ${less} pictures instead`,
    run: () => {
      setSettings({ sampleCount: less });
      void drawMissingPictures();
    },
  };
}
