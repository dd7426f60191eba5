// After a reload: the run that was cut off, and what can be done with it.
import { useSession } from '../../store/sessionStore.ts';
import { useTabs } from '../../store/tabs.ts';
import { discardRun, leaveRun, resumeRun } from '../../store/trainerSession.ts';
import { clockTime } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';

const phases = {
  prepare: 'preparation',
  initialise: 'initialisation',
  stage1: 'stage 1',
  stage2: 'stage 2',
  score: 'scoring',
  done: 'the end',
} as const;

export function ResumeOffer() {
  const stored = useSession((state) => state.resumable);
  const lookingOn = useTabs((state) => state.lookingOn);
  if (!stored || lookingOn !== null) return null;
  return (
    <div className="offer" role="status" data-offer="resume">
      <Icon name="history" />
      <span>
        A run of plan <span className="num">{stored.planHash.slice(0, 4)}</span> stopped in{' '}
        {phases[stored.phase]} at step {stored.step} of {stored.steps}, saved {clockTime(stored.savedAt)}.
      </span>
      <span className="spacer" />
      <button type="button" className="btn btn--primary btn--small" onClick={() => void resumeRun(stored)}>
        Resume
      </button>
      <button type="button" className="btn btn--small" onClick={leaveRun}>
        Not now
      </button>
      <button type="button" className="btn btn--small" onClick={() => void discardRun(stored)}>
        Delete it
      </button>
    </div>
  );
}
