// Runs in storage: results that come back with their plan, and the unfinished one that is offered.
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import type { StoredRun } from '../../workers/protocol.ts';
import { appendPoints, noCurves } from '../curves.ts';
import { demoPoints, isDemoSummary, withDemoHistory } from '../demo/demo.ts';
import { currentPlan } from '../documentStore.ts';
import { selectIsTraining, useSession } from '../sessionStore.ts';
import { guarded } from './failures.ts';
import { askTrainer } from './link.ts';

export function isTraining(): boolean {
  return selectIsTraining(useSession.getState());
}

export async function refreshRuns(): Promise<void> {
  const storedRuns = (await askTrainer({ kind: 'runs' })).map(withDemoHistory);
  const summaries = { ...useSession.getState().summaries };
  for (const run of storedRuns) if (run.summary) summaries[run.planHash] = run.summary;
  useSession.setState({ storedRuns, summaries });
  showResultsOf(currentPlan());
}

/** Asks about the latest run that was cut off. */
export function offerUnfinished(): void {
  if (isTraining()) return;
  const unfinished = useSession.getState().storedRuns.filter((run) => !run.finished);
  const [latest = null] = unfinished.sort((a, b) => b.savedAt - a.savedAt);
  useSession.setState({ resumable: latest });
}

/** What storage holds of a run that was cut off, in words. */
export function savedWords({ phase, step, steps, savedAt }: StoredRun, now = Date.now()): string {
  const where = phase === 'stage2' ? 'stage 2' : 'stage 1';
  const seconds = Math.max(0, Math.round((now - savedAt) / 1000));
  const ago = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `Step ${step} of ${steps} in ${where} was saved ${ago} ago.`;
}

/** Going back to a plan that has results shows them again. */
export function showResultsOf(plan: Plan): void {
  if (isTraining()) return;
  const hash = planHash(plan);
  const { run, storedRuns, summaries } = useSession.getState();
  if (run?.planHash === hash) return;
  const stored = storedRuns.find((candidate) => candidate.planHash === hash && candidate.finished);
  const summary = summaries[hash];
  if (summary) {
    useSession.setState({
      run: summary,
      runPlan: plan,
      curves: appendPoints(noCurves, stored?.points ?? (isDemoSummary(summary) ? demoPoints(hash) : [])),
    });
  } else if (run) {
    useSession.setState({ run: null, runPlan: null, curves: noCurves });
  }
}

/** Has a run, or a file, left trained weights for this plan? */
export function hasWeights(plan: Plan): boolean {
  const { summaries, storedRuns } = useSession.getState();
  const hash = planHash(plan);
  const summary = summaries[hash];
  // Of the demo, figures are there before the weights.
  const isTrained = summary !== undefined && !isDemoSummary(summary);
  return isTrained || storedRuns.some((run) => run.finished && run.planHash === hash);
}

export async function discardRun(stored: StoredRun): Promise<void> {
  useSession.setState({ resumable: null });
  await guarded('discard', async () => {
    await askTrainer({ kind: 'deleteRun', planHash: stored.planHash });
    await refreshRuns();
  });
}

/** Leaves an unfinished run in storage and stops asking about it until the next visit. */
export function leaveRun(): void {
  useSession.setState({ resumable: null });
}
