// A newer version is ready: said quietly, and only where a reload would cut no run off.
import { takeNewerVersion, useOffline } from '../../store/offline.ts';
import { selectIsTraining, useSession } from '../../store/sessionStore.ts';

export function UpdateNotice() {
  const newer = useOffline((state) => state.newer);
  const training = useSession(selectIsTraining);
  if (!newer || training) return null;
  return (
    <div className="update-notice" role="status" data-update>
      A new version is ready
      <button type="button" className="btn btn--small btn--outline" onClick={takeNewerVersion}>
        Reload
      </button>
    </div>
  );
}
