// Relative error of a distilled slot, and how it spreads over the timesteps.
import type { SlotId } from '../../plan/plan.ts';
import { selectSlotProgress, useSession } from '../../store/sessionStore.ts';
import { small } from '../format/numbers.ts';

export function TimestepError({ slot }: { slot: SlotId }) {
  const progress = useSession(selectSlotProgress(slot));
  const error = progress?.bestError ?? progress?.error ?? null;
  if (!progress || error === null) return null;
  const before = progress.chosen === null ? undefined : progress.initial[progress.chosen];
  return (
    <div className="section">
      <h3 className="head">
        Error against the teacher
        {before !== undefined && <small>was {small(before)} before training</small>}
      </h3>
      <div className="error-row">
        <div>
          <div className="big">{small(error)}</div>
          <span className="muted">mean</span>
        </div>
        {progress.byTimestep && <Spark values={progress.byTimestep} />}
      </div>
    </div>
  );
}

/** Ten equal bins of timesteps; t = 999, all noise, at the left, as sampling meets them. */
function Spark({ values }: { values: readonly number[] }) {
  const shown = [...values].reverse();
  const top = Math.max(...shown, 1e-9);
  const points = shown.map(
    (value, at) => `${(at / Math.max(1, shown.length - 1)) * 100},${32 - (value / top) * 30}`,
  );
  const label = `Relative error by timestep, from t 999 to 0: ${shown.map((value) => small(value)).join(', ')}`;
  return (
    <div>
      <svg className="spark" viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label={label}>
        <polygon className="area" points={`0,32 ${points.join(' ')} 100,32`} />
        <polyline className="line" points={points.join(' ')} />
      </svg>
      <div className="ends">
        <span>t 999</span>
        <span>0</span>
      </div>
    </div>
  );
}
