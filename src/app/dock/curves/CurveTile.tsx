// One curve: its slot, its operator, its last value, and the plot.
import { memo, useMemo } from 'react';
import { operatorById } from '../../../operators/index.ts';
import { slotShortLabel } from '../../../plan/slots.ts';
import type { Curve } from '../../../store/curves.ts';
import { useSession } from '../../../store/sessionStore.ts';
import { useSettings } from '../../../store/settingsStore.ts';
import { useView } from '../../../store/viewStore.ts';
import { small } from '../../format/numbers.ts';
import { type Axes, columns } from './curveData.ts';
import { Plot } from './Plot.tsx';

export const CurveTile = memo(function CurveTile({ curve, axes }: { curve: Curve; axes: Axes }) {
  const { series } = curve;
  const smoothing = useSettings((settings) => settings.smoothing);
  const hovered = useView((state) => state.hoveredSeries === series);
  const operator = useSession((state) =>
    series === 'stage2' ? undefined : state.runPlan?.slots[series]?.operator,
  );
  const data = useMemo(() => columns(curve, smoothing), [curve, smoothing]);
  const last = data[2][data[2].length - 1] ?? null;
  const title = series === 'stage2' ? 'Stage 2' : slotShortLabel(series);
  const name = operator === undefined ? 'fine-tuning' : operatorById(operator).label;
  return (
    <figure
      className={hovered ? 'tile-curve is-hovered' : 'tile-curve'}
      data-curve={series}
      onPointerEnter={() => useView.setState({ hoveredSeries: series })}
      onPointerLeave={() => useView.setState({ hoveredSeries: null })}
    >
      <header>
        <span className="strong">{title}</span>
        <span className="op">{name}</span>
        <span className="num">{small(last)}</span>
      </header>
      <Plot
        data={data}
        axes={axes}
        label={`${title}, ${name}: loss ${small(last)} after ${curve.points.length} points`}
      />
    </figure>
  );
});
