// The canvas before the model is there: what is happening, or why it did not.
import { useSession } from '../../store/sessionStore.ts';
import { openModel } from '../../store/trainerSession.ts';

export function CanvasEmpty() {
  const opening = useSession((state) => state.opening);
  const status = useSession((state) => state.status);
  if (opening.state === 'failed') {
    return (
      <div className="canvas-empty">
        <h2>The model did not open</h2>
        <p>{opening.sentence}</p>
        <button
          type="button"
          className="btn btn--primary"
          onClick={() => void openModel({ kind: 'bundled' })}
        >
          Try again
        </button>
      </div>
    );
  }
  return (
    <div className="canvas-empty" aria-busy="true">
      <div className="column" aria-hidden="true">
        {rows.map((row) => (
          <div key={row} className="skeleton" />
        ))}
      </div>
      <p>{status?.text ?? 'Opening the model'}…</p>
      <div className="meter">
        <i style={{ width: `${(status?.fraction ?? 0) * 100}%` }} />
      </div>
    </div>
  );
}

const rows = [0, 1, 2, 3, 4];
