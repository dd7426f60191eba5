// The runs with curves, made anew only when one of them changes.
import { useMemo } from 'react';
import { useSession } from '../../../store/sessionStore.ts';
import { type CurveRun, curveRuns, visibleRuns } from './curveRuns.ts';
import { useCurveView } from './curveView.ts';

export function useCurveRuns(): { readonly all: readonly CurveRun[]; readonly visible: readonly CurveRun[] } {
  const run = useSession((state) => state.run);
  const runPlan = useSession((state) => state.runPlan);
  const curves = useSession((state) => state.curves);
  const summaries = useSession((state) => state.summaries);
  const storedRuns = useSession((state) => state.storedRuns);
  const hidden = useCurveView((view) => view.hidden);
  return useMemo(() => {
    const all = curveRuns({ run, runPlan, curves, summaries, storedRuns });
    return { all, visible: visibleRuns(all, hidden) };
  }, [run, runPlan, curves, summaries, storedRuns, hidden]);
}
