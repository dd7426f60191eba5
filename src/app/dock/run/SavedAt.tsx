// When the run that goes on was saved last, and what a crash would cost.
import { selectIsTraining, useSession } from '../../../store/sessionStore.ts';
import { clockTime } from '../../format/numbers.ts';

export function SavedAt() {
  const training = useSession(selectIsTraining);
  const savedAt = useSession((state) => state.run?.savedAt ?? null);
  if (!training || savedAt === null) return null;
  return (
    <small
      data-saved-at={savedAt}
      title="The run is saved every 30 s and when this tab is hidden: a crash costs the steps of at most 30 s."
    >
      saved {clockTime(savedAt)}, a crash costs at most 30 s
    </small>
  );
}
