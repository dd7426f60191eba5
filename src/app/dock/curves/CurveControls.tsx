// What a person can change about the curves: which number, scale, smoothing, table or lines.
import { setSettings, useSettings } from '../../../store/settingsStore.ts';
import { CommandButton } from '../../parts/CommandButton.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { isZoomed, type Metric, resetZoom, setMetric, useCurveView } from './curveView.ts';

const metrics: readonly { readonly value: Metric; readonly label: string }[] = [
  { value: 'loss', label: 'Loss' },
  { value: 'error', label: 'Held-out' },
  { value: 'timestep', label: 'By timestep' },
];

export function MetricChoice() {
  const metric = useCurveView((view) => view.metric);
  return <Segmented label="What the curves show" choices={metrics} value={metric} onChange={setMetric} />;
}

export function LogToggle() {
  const logScale = useSettings((settings) => settings.logScale);
  return (
    <button
      type="button"
      className="btn btn--small"
      aria-pressed={logScale}
      title="Logarithmic loss axis"
      onClick={() => setSettings({ logScale: !logScale })}
    >
      log
    </button>
  );
}

export function SmoothingControl() {
  const smoothing = useSettings((settings) => settings.smoothing);
  return (
    <label className="legend">
      smoothing
      <input
        type="range"
        className="slider"
        min={0}
        max={0.99}
        step={0.01}
        value={smoothing}
        style={{ '--fill': `${(smoothing / 0.99) * 100}%`, width: 80 } as React.CSSProperties}
        onChange={(event) => setSettings({ smoothing: Number(event.target.value) })}
      />
      <span className="num">{smoothing.toFixed(2)}</span>
    </label>
  );
}

export function ZoomReset() {
  const zoomed = useCurveView(isZoomed);
  if (!zoomed) return null;
  return (
    <button type="button" className="btn btn--small btn--outline" onClick={resetZoom}>
      Reset zoom
    </button>
  );
}

export function TableToggle() {
  const asTable = useCurveView((view) => view.asTable);
  return (
    <CommandButton id="curves.table" className={asTable ? 'btn btn--small is-pressed' : 'btn btn--small'}>
      {asTable ? 'Lines' : 'Table'}
    </CommandButton>
  );
}
