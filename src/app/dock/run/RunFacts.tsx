// Facts of the run beside the Graft button: slots done, time left, share of the pretraining compute.
import { useSession } from '../../../store/sessionStore.ts';
import type { RunProgress } from '../../../workers/protocol.ts';
import { aboutDuration, duration } from '../../format/numbers.ts';
import { useEstimate } from './GraftButton.tsx';

export function RunFacts() {
  const run = useSession((state) => state.run);
  const estimate = useEstimate();
  if (!run || run.state === 'finished' || run.state === 'cancelled' || run.state === 'failed') return null;
  const stage2 =
    run.phase === 'stage1' && estimate
      ? `then stage 2, about ${aboutDuration(estimate.stage2Seconds)}`
      : null;
  return (
    <span className="facts" data-run-facts>
      {facts(run).map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
      {stage2 && <span>{stage2}</span>}
    </span>
  );
}

function facts(run: RunProgress): string[] {
  const done = run.slots.filter((slot) => slot.state === 'done' || slot.state === 'flat').length;
  const list =
    run.phase === 'stage1' ? [`${done} of ${run.slots.length} slots`] : [`step ${run.step} of ${run.steps}`];
  if (run.etaSeconds !== null) list.push(`ETA ${duration(run.etaSeconds)}`);
  if (run.millisecondsPerStep !== null) list.push(`${run.millisecondsPerStep.toFixed(0)} ms per step`);
  return list;
}
