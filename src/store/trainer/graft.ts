// The graft run as the page drives it: start, resume, pause, stop, and what follows when it ends.
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import type { CurvePoint, RunSummary, StoredRun } from '../../workers/protocol.ts';
import { appendPoints, noCurves } from '../curves.ts';
import { currentPlan, editPlan } from '../documentStore.ts';
import { useSession } from '../sessionStore.ts';
import { announce, showDock } from '../viewStore.ts';
import { guarded, reportFailure } from './failures.ts';
import { askTrainer, isConnected } from './link.ts';
import { measure } from './measuring.ts';
import { drawMissingPictures } from './pictures.ts';
import { isTraining, offerUnfinished, refreshRuns, savedWords } from './runs.ts';
import { askToPersist } from './storage.ts';

/** Where a run begins: anew, at its own checkpoint, or with stage 1 of a plan that differs only in stage 2. */
export type GraftStart = 'start' | 'checkpoint' | { readonly stage1Of: string };

/** Runs stage 1 and stage 2 of the present plan. */
export async function graft(from: GraftStart = 'start'): Promise<void> {
  const plan = currentPlan();
  useSession.setState(({ busy, storedRuns }) => ({
    busy: { ...busy, starting: true },
    run: null,
    runPlan: plan,
    resumable: null,
    curves: appendPoints(noCurves, pointsBefore(plan, from, storedRuns)),
  }));
  showDock('run');
  announce(from === 'start' ? 'Grafting started.' : 'Grafting resumed.');
  void askToPersist();
  try {
    const summary = await askTrainer({
      kind: 'graft',
      plan,
      resume: from !== 'start',
      ...(typeof from === 'object' && { from: from.stage1Of }),
    });
    finish(plan, summary);
    await refreshRuns();
    if (summary.state === 'finished' || summary.state === 'cancelled') await afterRun();
  } catch (error) {
    await failed(error);
  } finally {
    useSession.setState(({ busy }) => ({ busy: { ...busy, starting: false }, status: null }));
  }
}

function pointsBefore(plan: Plan, from: GraftStart, stored: readonly StoredRun[]): readonly CurvePoint[] {
  if (from === 'start') return [];
  const hash = typeof from === 'object' ? from.stage1Of : planHash(plan);
  const points = stored.find((run) => run.planHash === hash)?.points ?? [];
  return typeof from === 'object' ? points.filter(({ series }) => series !== 'stage2') : points;
}

function finish(plan: Plan, summary: RunSummary): void {
  useSession.setState(({ summaries, busy }) => ({
    run: summary,
    runPlan: plan,
    summaries: { ...summaries, [summary.planHash]: summary },
    busy: { ...busy, starting: false },
  }));
  announce(
    summary.state === 'finished' ? 'Grafting is finished.' : 'Grafting ended; the best weights are kept.',
  );
}

async function failed(error: unknown): Promise<void> {
  useSession.setState(({ run, busy }) => ({
    run: run && { ...run, state: 'failed' },
    busy: { ...busy, starting: false },
  }));
  await refreshRuns().then(offerUnfinished, () => undefined);
  const { resumable } = useSession.getState();
  reportFailure('graft', error, resumable ? savedWords(resumable) : '');
}

async function afterRun(): Promise<void> {
  await drawMissingPictures();
  await measure();
}

export async function resumeRun(stored: StoredRun): Promise<void> {
  editPlan({ plan: stored.plan, label: 'Plan of the resumed run' });
  await graft('checkpoint');
}

export function pauseRun(): Promise<void> {
  return guarded('pause', () => askTrainer({ kind: 'pause' }));
}

export function continueRun(): Promise<void> {
  return guarded('continue', () => askTrainer({ kind: 'continue' }));
}

/** Ends the run; the best weights so far stay. */
export function cancelRun(): Promise<void> {
  return guarded('cancel', () => askTrainer({ kind: 'cancel' }));
}

/** Saves a run that goes on, and resolves when it is saved: the page is about to be hidden or closed. */
export async function flushRun(): Promise<void> {
  if (isConnected() && isTraining()) await askTrainer({ kind: 'flush' }).catch(() => undefined);
}
