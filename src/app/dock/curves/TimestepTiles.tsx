// How the error of a distilled slot spreads over the timesteps: ten bars a slot on one scale, all noise at the left.
import { operatorById } from '../../../operators/index.ts';
import { compareSlots, slotLabel, slotShortLabel } from '../../../plan/slots.ts';
import { useView } from '../../../store/viewStore.ts';
import type { SlotProgress } from '../../../workers/protocol.ts';
import { small } from '../../format/numbers.ts';
import { type CurveRun, colourOf } from './curveRuns.ts';

interface Props {
  readonly all: readonly CurveRun[];
  readonly visible: readonly CurveRun[];
}

interface Spread {
  readonly run: CurveRun;
  readonly progress: SlotProgress;
  readonly bins: readonly number[];
}

export function TimestepTiles({ all, visible }: Props) {
  const spreads = visible.flatMap((run) =>
    run.slots.flatMap((progress) =>
      progress.byTimestep ? [{ run, progress, bins: progress.byTimestep.toReversed() }] : [],
    ),
  );
  if (spreads.length === 0) {
    return (
      <div className="empty">
        <strong>No errors by timestep yet</strong>
        <p>Stage 1 measures every slot in ten bins of timesteps, each time it looks at held-out images.</p>
      </div>
    );
  }
  const slots = [...new Set(spreads.map(({ progress }) => progress.slot))].sort(compareSlots);
  const top = Math.max(...spreads.flatMap(({ bins }) => bins.filter(Number.isFinite)), 1e-9);
  return (
    <div className="tiles tiles--large">
      {slots.map((slot) => (
        <Tile
          key={slot}
          all={all}
          top={top}
          spreads={spreads.filter(({ progress }) => progress.slot === slot)}
        />
      ))}
    </div>
  );
}

function Tile({ all, top, spreads }: { all: readonly CurveRun[]; top: number; spreads: readonly Spread[] }) {
  const [first] = spreads;
  const slot = first?.progress.slot ?? null;
  const hovered = useView((state) => slot !== null && state.hoveredSeries === slot);
  if (!first || !slot) return null;
  const operator = operatorById(first.run.plan.slots[slot]?.operator ?? 'mha').label;
  const label = `${slotLabel(slot)}, relative error by timestep from t 999 to 0: ${first.bins.map((bin) => small(bin)).join(', ')}`;
  return (
    <figure
      className={hovered ? 'tile-curve is-hovered' : 'tile-curve'}
      data-curve={slot}
      onPointerEnter={() => useView.setState({ hoveredSeries: slot })}
      onPointerLeave={() => useView.setState({ hoveredSeries: null })}
    >
      <header>
        <span className="strong">{slotShortLabel(slot)}</span>
        <span className="op">{operator}</span>
        <span className="values">
          <span className="num">{small(first.progress.error)}</span>
        </span>
      </header>
      <svg className="bins" viewBox="0 0 100 50" preserveAspectRatio="none" role="img" aria-label={label}>
        {first.bins.map((bin, at) => (
          <g key={at}>
            <rect x={at * 10 + 0.5} width={9} y={50 - (bin / top) * 48} height={(bin / top) * 48} />
            <rect className="top" x={at * 10 + 0.5} width={9} y={50 - (bin / top) * 48} height={0.8} />
          </g>
        ))}
        {spreads.slice(1).map(({ run, bins }) => (
          <path
            key={run.key}
            style={{ '--run': `var(--run-${colourOf(all, run)})` } as React.CSSProperties}
            d={bins.map((bin, at) => `M${at * 10} ${50 - (bin / top) * 48}h10`).join('')}
          />
        ))}
      </svg>
      <div className="ends">
        <span>t 999</span>
        <span>highest {small(Math.max(...first.bins))}</span>
        <span>0</span>
      </div>
    </figure>
  );
}
