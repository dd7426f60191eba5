// How far the measurement of a distance is, with the button that stops it.
import { useSession } from '../../../store/sessionStore.ts';
import type { Scoring } from '../../../workers/protocol.ts';
import { Icon } from '../../icons/Icon.tsx';
import { CommandButton } from '../../parts/CommandButton.tsx';

const names: Readonly<Record<Scoring['of'], string>> = {
  base: 'original',
  stage1: 'after stage 1',
  graft: 'graft',
};

export function ScoringProgress() {
  const scoring = useSession((state) => state.scoring);
  if (!scoring) return null;
  const { of, done, samples } = scoring;
  return (
    <span className="scoring">
      <span>
        Distance, {names[of]}: <span className="num">{done}</span> of <span className="num">{samples}</span>{' '}
        images
      </span>
      <progress aria-label="Images scored" value={done} max={samples} />
      <CommandButton id="run.stopDistance" className="btn btn--small btn--outline">
        <Icon name="stop" /> Stop
      </CommandButton>
    </span>
  );
}
