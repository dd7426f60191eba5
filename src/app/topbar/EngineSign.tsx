// On what the model runs, in one glance; the whole description on hover. While it trains, how fast.
import { selectIsTraining, selectModel, useSession } from '../../store/sessionStore.ts';

export function EngineSign() {
  const model = useSession(selectModel);
  const isTraining = useSession(selectIsTraining);
  const step = useSession((state) => state.run?.millisecondsPerStep ?? null);
  if (!model) return null;
  const title = [`${model.engine}.`, model.remark, model.note].filter(Boolean).join(' ');
  return (
    <span className="engine" title={title}>
      <i className="dot" style={{ color: model.parallel ? 'var(--graft)' : 'var(--warn)' }} />
      <span className="text">{shortName(model.engine)}</span>
      {isTraining && step !== null && (
        <span className="num">
          {Math.round(step)}
          <span className="unit">ms/step</span>
        </span>
      )}
    </span>
  );
}

/** `ONNX Runtime 1.30, WebGPU, NVIDIA` → `WebGPU, NVIDIA`: what differs between machines. */
function shortName(engine: string): string {
  return engine.replace(/^ONNX Runtime[^,]*, /, '');
}
