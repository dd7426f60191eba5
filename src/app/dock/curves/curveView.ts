// What of the curves is on show: which number, which runs, which part, and the step that is pointed at or pinned.
import { create } from 'zustand';
import type { CurvePoint } from '../../../workers/protocol.ts';

export type Metric = 'loss' | 'error' | 'timestep';
/** Steps of stage 1 and of stage 2 are two different times. */
export type Stage = 'stage1' | 'stage2';
export type Range = readonly [from: number, to: number];

export interface At {
  readonly stage: Stage;
  readonly step: number;
}

export interface CurveView {
  readonly metric: Metric;
  readonly asTable: boolean;
  /** Keys of runs that are switched off. */
  readonly hidden: readonly string[];
  readonly hover: At | null;
  readonly pin: At | null;
  readonly zoom: Readonly<Record<Stage, Range | null>>;
}

const noZoom = { stage1: null, stage2: null } as const;

export const startOfCurveView: CurveView = {
  metric: 'loss',
  asTable: false,
  hidden: [],
  hover: null,
  pin: null,
  zoom: noZoom,
};

export const useCurveView = create<CurveView>()(() => startOfCurveView);

export function stageOf(series: CurvePoint['series']): Stage {
  return series === 'stage2' ? 'stage2' : 'stage1';
}

export function setMetric(metric: Metric): void {
  useCurveView.setState({ metric, zoom: noZoom });
}

export function toggleRun(key: string): void {
  useCurveView.setState(({ hidden }) => ({
    hidden: hidden.includes(key) ? hidden.filter((known) => known !== key) : [...hidden, key],
  }));
}

export function setHover(hover: At | null): void {
  const known = useCurveView.getState().hover;
  if (known?.step !== hover?.step || known?.stage !== hover?.stage) useCurveView.setState({ hover });
}

export function setPin(pin: At | null): void {
  useCurveView.setState({ pin });
}

export function setZoom(stage: Stage, range: Range | null): void {
  useCurveView.setState(({ zoom }) => ({ zoom: { ...zoom, [stage]: range } }));
}

export function resetZoom(): void {
  useCurveView.setState({ zoom: noZoom });
}

export function isZoomed({ zoom }: CurveView): boolean {
  return zoom.stage1 !== null || zoom.stage2 !== null;
}

/** The step that numbers are read at: the one under the pointer, else the pinned one. */
export function readingOf({ hover, pin }: Pick<CurveView, 'hover' | 'pin'>, stage: Stage): number | null {
  const at = hover?.stage === stage ? hover : pin?.stage === stage ? pin : null;
  return at?.step ?? null;
}
