// Small multiples: one tile a slot on shared axes, one for stage 2 on its own.
import { useMemo } from 'react';
import { compareSlots } from '../../../plan/slots.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import type { CurvePoint } from '../../../workers/protocol.ts';
import { baselinesOf } from './baselines.ts';
import { CurveTile } from './CurveTile.tsx';
import { type CurveRun, seriesOf } from './curveRuns.ts';
import { type Metric, type Stage, stageOf, useCurveView } from './curveView.ts';
import { type Axes, sharedAxes } from './tileData.ts';
import { useCurveRuns } from './useCurveRuns.ts';

/** In the run's own panel: the run on show alone. */
export function CurveTiles({ size }: { size: 'small' | 'large' }) {
  const { all, visible } = useCurveRuns();
  const chosen = useCurveView((view) => view.metric);
  const own = useMemo(() => all.filter(({ isCurrent }) => isCurrent), [all]);
  return size === 'large' ? (
    <Tiles all={all} visible={visible} metric={chosen} size="large" />
  ) : (
    <Tiles all={all} visible={own} metric="loss" size="small" />
  );
}

interface Props {
  readonly all: readonly CurveRun[];
  readonly visible: readonly CurveRun[];
  readonly metric: Metric;
  readonly size: 'small' | 'large';
}

function Tiles({ all, visible, metric, size }: Props) {
  const series = useMemo(() => seriesOf(visible, compareSlots), [visible]);
  const stage1 = useAxes(visible, series, metric, 'stage1');
  const stage2 = useAxes(visible, series, metric, 'stage2');
  if (series.length === 0) {
    return (
      <div className="empty">
        <strong>No curves yet</strong>
        <p>Press Graft: one loss curve a slot falls here, then the one of the fine-tune.</p>
      </div>
    );
  }
  return (
    <div className={size === 'large' ? 'tiles tiles--large' : 'tiles'}>
      {series.map((one) => (
        <CurveTile
          key={one}
          series={one}
          all={all}
          visible={visible}
          metric={metric}
          axes={stageOf(one) === 'stage2' ? stage2 : stage1}
        />
      ))}
    </div>
  );
}

function useAxes(
  runs: readonly CurveRun[],
  series: readonly CurvePoint['series'][],
  metric: Metric,
  stage: Stage,
): Axes {
  const zoom = useCurveView((view) => view.zoom[stage]);
  const shape = useSession((state) => selectModel(state)?.config ?? null);
  return useMemo(() => {
    const own = series.filter((one) => stageOf(one) === stage);
    const curves = runs.flatMap(({ curves: known }) => own.flatMap((one) => known.get(one) ?? []));
    const planned = Math.max(0, ...runs.map(({ plan }) => plan[stage].steps));
    const marks = own.flatMap((one) => baselinesOf(one, metric, runs, shape).map(({ value }) => value));
    return sharedAxes(curves, metric, planned, zoom, marks);
  }, [runs, series, metric, stage, zoom, shape]);
}
