// Where pictures would be, of a model that draws none here: the reason instead of empty tiles.
import { type SessionState, selectModel } from '../../../store/sessionStore.ts';

/** Why this model draws nothing here; null where it does, and where pictures are there already. */
export function selectRefusal(state: SessionState): string | null {
  return state.strips.base ? null : (selectModel(state)?.limits?.images ?? null);
}

export function NoPictures({ reason }: { readonly reason: string }) {
  return (
    <div className="empty" data-no-pictures>
      <strong>No images of this model</strong>
      <p>{reason}</p>
    </div>
  );
}
