// One curve: its slot, its operator, its values at the step that is pointed at, and the plot.
import { memo, useRef } from 'react';
import { operatorById } from '../../../operators/index.ts';
import { slotLabel, slotShortLabel } from '../../../plan/slots.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { useSettings } from '../../../store/settingsStore.ts';
import { useView } from '../../../store/viewStore.ts';
import type { CurvePoint } from '../../../workers/protocol.ts';
import { small } from '../../format/numbers.ts';
import { shortName } from '../../format/shortName.ts';
import { baselinesOf } from './baselines.ts';
import type { CurveRun } from './curveRuns.ts';
import { type Metric, readingOf, stageOf, useCurveView } from './curveView.ts';
import { Plot } from './Plot.tsx';
import { type Axes, type Reading, readings, tileData, valueAt } from './tileData.ts';
import { useBundledSelfGraft } from './useBundledSelfGraft.ts';
import { useVisible } from './useVisible.ts';

interface Props {
  readonly series: CurvePoint['series'];
  readonly all: readonly CurveRun[];
  readonly visible: readonly CurveRun[];
  readonly metric: Metric;
  readonly axes: Axes;
}

export const CurveTile = memo(function CurveTile({ series, all, visible, metric, axes }: Props) {
  const weight = useSettings((settings) => settings.smoothing);
  const shape = useSession((state) => selectModel(state)?.config ?? null);
  const control = useBundledSelfGraft();
  const stage = stageOf(series);
  const step = useCurveView((view) => readingOf(view, stage));
  const hovered = useView((state) => state.hoveredSeries === series);
  const own = visible.filter(({ curves }) => curves.has(series));
  const box = useRef<HTMLElement>(null);
  const onScreen = useVisible(box);
  // Smoothing thousands of points is for tiles that somebody sees.
  const read = onScreen ? readings(all, own, { series, metric, weight }) : [];
  const title = series === 'stage2' ? 'Stage 2' : slotShortLabel(series);
  const name = operatorName(series, own);
  const words = read
    .map((reading) => `${own.length > 1 ? `${reading.run.short} ` : ''}${small(valueAt(reading, step))}`)
    .join(', ');
  return (
    <figure
      ref={box}
      className={hovered ? 'tile-curve is-hovered' : 'tile-curve'}
      data-curve={series}
      onPointerEnter={() => useView.setState({ hoveredSeries: series })}
      onPointerLeave={() => useView.setState({ hoveredSeries: null })}
      onFocus={() => useView.setState({ hoveredSeries: series })}
      onBlur={() => useView.setState({ hoveredSeries: null })}
    >
      <header>
        <span className="strong">{title}</span>
        <span className="op">{shortName(name)}</span>
        <Values read={read} step={step} />
      </header>
      <Plot
        stage={stage}
        visible={onScreen}
        data={(width) => tileData(all, own, { series, metric, weight, range: axes.range, width })}
        live={{ axes, baselines: onScreen ? baselinesOf(series, metric, own, shape, control) : [] }}
        label={`${series === 'stage2' ? 'Stage 2' : slotLabel(series)}, ${name}: ${metricWord(metric, series)} by step`}
        reading={`${step === null ? 'at the end' : `step ${step}`}: ${words || 'no value'}`}
      />
    </figure>
  );
});

function Values({ read, step }: { read: readonly Reading[]; step: number | null }) {
  return (
    <span className="values">
      {read.map((reading) => (
        <span
          key={reading.run.key}
          className="num"
          style={{ '--run': `var(--run-${reading.colour})` } as React.CSSProperties}
        >
          {read.length > 1 && <i className="swatch" />}
          {small(valueAt(reading, step))}
        </span>
      ))}
    </span>
  );
}

function operatorName(series: CurvePoint['series'], runs: readonly CurveRun[]): string {
  if (series === 'stage2') return 'fine-tuning';
  const names = runs
    .flatMap(({ plan }) => plan.slots[series]?.operator ?? [])
    .map((id) => operatorById(id).label);
  return [...new Set(names)].join(', ');
}

function metricWord(metric: Metric, series: CurvePoint['series']): string {
  if (metric === 'loss') return 'loss';
  return series === 'stage2' ? 'held-out loss' : 'held-out relative error';
}
