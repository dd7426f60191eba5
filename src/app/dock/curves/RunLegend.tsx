// One legend for all tiles: every run with its colour, a click switches it; and what the lines mean.
import { Icon } from '../../icons/Icon.tsx';
import { type CurveRun, colourOf, runColours } from './curveRuns.ts';
import { type Metric, toggleRun, useCurveView } from './curveView.ts';

interface Props {
  readonly all: readonly CurveRun[];
  readonly visible: readonly CurveRun[];
}

export function RunLegend({ all, visible }: Props) {
  const listed = all.slice(0, runColours + 1);
  if (listed.length < 2) return null;
  return (
    <ul className="run-legend" aria-label="Runs">
      {listed.map((run) => {
        const shown = visible.some(({ key }) => key === run.key);
        return (
          <li key={run.key}>
            <button
              type="button"
              className="btn btn--small"
              aria-pressed={shown}
              title={`${run.name}${run.isCurrent ? ', the run on show' : ''}`}
              style={{ '--run': `var(--run-${colourOf(all, run)})` } as React.CSSProperties}
              onClick={() => toggleRun(run.key)}
            >
              <i className={shown ? 'swatch' : 'swatch swatch--off'} />
              <span className="num">{run.short}</span>
              <span className="name">{run.name}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function LineLegend({ metric }: { metric: Metric }) {
  if (metric === 'timestep') return null;
  const ink = metric === 'error' ? 'var(--graft)' : 'var(--ink)';
  return (
    <span className="legend">
      {metric === 'loss' && (
        <>
          <Key label="smoothed" path="M0 5h20" width={1.75} />
          <Key label="raw" path="M0 6l4-3 3 4 4-4 4 4 5-3" width={1} faint />
          <span>
            <svg viewBox="0 0 20 10" aria-hidden="true">
              <path d="M0 1h20v8H0z" fill="var(--graft)" opacity=".16" />
            </svg>
            lowest to highest
          </span>
        </>
      )}
      <span>
        <svg viewBox="0 0 20 10" aria-hidden="true">
          <path d="M0 5h20" stroke={ink} strokeWidth="1.25" />
          <circle cx="10" cy="5" r="2" fill={ink} />
        </svg>
        held-out
      </span>
      <span>
        <svg viewBox="0 0 20 10" aria-hidden="true">
          <path d="M0 5h20" stroke="var(--ink-3)" strokeDasharray="4 3" />
        </svg>
        reference
      </span>
    </span>
  );
}

function Key({
  label,
  path,
  width,
  faint = false,
}: {
  label: string;
  path: string;
  width: number;
  faint?: boolean;
}) {
  return (
    <span>
      <svg viewBox="0 0 20 10" aria-hidden="true">
        <path d={path} stroke="var(--graft)" strokeWidth={width} opacity={faint ? 0.5 : 1} />
      </svg>
      {label}
    </span>
  );
}

/** The pinned step, and the way out of it. */
export function PinSign() {
  const pin = useCurveView((view) => view.pin);
  if (!pin) return null;
  return (
    <button
      type="button"
      className="btn btn--small"
      aria-label={`Unpin step ${pin.step}`}
      onClick={() => useCurveView.setState({ pin: null })}
    >
      pinned at <span className="num">{pin.step}</span> <Icon name="close" />
    </button>
  );
}
