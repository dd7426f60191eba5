// On what the model runs, in one glance; the whole description on hover.
import { selectModel, useSession } from '../../store/sessionStore.ts';

export function EngineSign() {
  const model = useSession(selectModel);
  if (!model) return null;
  return (
    <span className="engine" title={[model.engine, model.note].filter(Boolean).join('. ')}>
      <i className="dot" style={{ color: model.parallel ? 'var(--graft)' : 'var(--warn)' }} />
      <span className="text">{model.engine}</span>
    </span>
  );
}
