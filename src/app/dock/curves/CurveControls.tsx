// What a person can change about the curves: scale and smoothing; and what the lines mean.
import { setSettings, useSettings } from '../../../store/settingsStore.ts';

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
        style={{ '--fill': `${smoothing * 100}%`, width: 80 } as React.CSSProperties}
        onChange={(event) => setSettings({ smoothing: Number(event.target.value) })}
      />
      <span className="num">{smoothing.toFixed(2)}</span>
    </label>
  );
}

export function CurveLegend() {
  return (
    <span className="legend">
      <span>
        <svg viewBox="0 0 20 10" aria-hidden="true">
          <path d="M0 5h20" stroke="var(--graft)" strokeWidth="1.75" />
        </svg>
        smoothed
      </span>
      <span>
        <svg viewBox="0 0 20 10" aria-hidden="true">
          <path d="M0 6l4-3 3 4 4-4 4 4 5-3" stroke="var(--graft)" opacity=".5" />
        </svg>
        raw
      </span>
      <span>
        <svg viewBox="0 0 20 10" aria-hidden="true">
          <path d="M0 1h20v8H0z" fill="var(--graft)" opacity=".16" />
        </svg>
        lowest to highest
      </span>
    </span>
  );
}
