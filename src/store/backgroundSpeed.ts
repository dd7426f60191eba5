// Whether the browser slowed a run down while its tab was hidden: browsers throttle what nobody looks at. Measured by the
// run's own steps, before the tab was hidden and meanwhile.
import { create } from 'zustand';
import type { RunProgress } from '../workers/protocol.ts';
import { useSession } from './sessionStore.ts';

/** Speed in the background over the speed before, in percent; null where nothing was lost or known. */
export const useBackgroundSpeed = create<{ readonly percent: number | null }>(() => ({ percent: null }));

/** Fewer steps, or less time, tell nothing. */
const fewestSteps = 3;
const shortestSeconds = 5;
/** A run's own speed varies by as much. */
const worthTelling = 85;

interface Left {
  readonly run: RunProgress;
  readonly at: number;
}

/** @param now milliseconds of a steady clock */
export function watchBackgroundSpeed(
  now: () => number = () => performance.now(),
): (isHidden: boolean) => void {
  let left: Left | null = null;
  return (isHidden) => {
    const { run } = useSession.getState();
    if (isHidden) {
      left = run?.state === 'running' ? { run, at: now() } : null;
      useBackgroundSpeed.setState({ percent: null });
      return;
    }
    if (left && run) useBackgroundSpeed.setState({ percent: lost(left, run, now()) });
    left = null;
  };
}

function lost({ run: before, at }: Left, run: RunProgress, end: number): number | null {
  const steps = run.step - before.step;
  const milliseconds = end - at;
  const same = run.planHash === before.planHash && run.phase === before.phase && run.state === 'running';
  if (!same || before.millisecondsPerStep === null) return null;
  if (milliseconds < 1000 * shortestSeconds) return null;
  // A run that stood still did too few steps to tell a speed, and lost the more for it.
  if (steps < fewestSteps && before.millisecondsPerStep * fewestSteps > milliseconds) return null;
  const percent = Math.round((100 * steps * before.millisecondsPerStep) / milliseconds);
  return percent < worthTelling ? percent : null;
}
