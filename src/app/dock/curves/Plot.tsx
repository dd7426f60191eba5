// A uPlot in a React box: made when it comes into view, once per size, scale, theme and set of lines, then fed with data.
import 'uplot/dist/uPlot.min.css';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import { useSettings } from '../../../store/settingsStore.ts';
import { useWidth } from '../../parts/useWidth.ts';
import { useShownTheme } from '../../useTheme.ts';
import { type Stage, setHover, setPin, setZoom, useCurveView } from './curveView.ts';
import { type Live, plotOptions } from './plotOptions.ts';
import { positive, type TileData } from './tileData.ts';

interface Props {
  readonly stage: Stage;
  /** Scrolled away, it is not drawn. */
  readonly visible: boolean;
  /** Given the width in pixels, so that there are never more points than the screen can show. */
  data(width: number): TileData;
  readonly live: Omit<Live, 'breaks' | 'pin'>;
  readonly label: string;
  /** What is read at the present step, for screen readers. */
  readonly reading: string;
}

export function Plot({ stage, visible, data, live, label, reading }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const width = useWidth(box);
  const theme = useShownTheme();
  const logScale = useSettings((settings) => settings.logScale);
  const pin = useCurveView((view) => (view.pin?.stage === stage ? view.pin.step : null));
  const shown = visible && width > 0 ? data(width) : null;
  const lines = JSON.stringify(shown?.styles ?? null);
  const now = useRef<Live>({ ...live, breaks: [], pin });
  now.current = { ...live, breaks: shown?.breaks ?? [], pin };
  const latest = useRef(shown);
  latest.current = shown;

  useEffect(() => {
    const element = box.current;
    if (!element || lines === 'null') return;
    let gone = false;
    // The library is fetched when the first curve is drawn: the page starts without it.
    void import('uplot').then(({ default: UPlot }) => {
      const first = latest.current;
      if (gone || !first) return;
      const options = plotOptions({
        element,
        size: { width, height: element.clientHeight },
        stage,
        styles: first.styles,
        logScale,
        live: () => now.current,
        events: {
          // All plots of a stage follow the pointer; the one under it tells the step.
          hover: (step) => {
            if (!element.matches(':hover')) return;
            setHover(step === null ? null : { stage, step });
          },
          zoom: (range) => setZoom(stage, range),
          pin: (step) => setPin({ stage, step }),
        },
      });
      drawn.current = new UPlot(options, columnsOf(first, logScale), element);
    });
    return () => {
      gone = true;
      drawn.current?.destroy();
      drawn.current = null;
    };
  }, [width, logScale, theme, stage, lines]);

  useEffect(() => {
    if (shown) drawn.current?.setData(columnsOf(shown, logScale), true);
  });

  const { range } = live.axes;
  const step = pin ?? range[1];
  return (
    <div
      className="plot"
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={Math.floor(range[0])}
      aria-valuemax={Math.ceil(range[1])}
      aria-valuenow={Math.round(step)}
      aria-valuetext={reading}
      onPointerLeave={() => setHover(null)}
      onKeyDown={(event) => onKey(event, stage, step, range)}
    />
  );
}

function columnsOf({ columns }: TileData, logScale: boolean): uPlot.AlignedData {
  return logScale ? positive(columns) : columns;
}

/** Arrow keys move the pinned step, which is read until the pointer moves again; Escape takes it away. */
function onKey(
  event: KeyboardEvent,
  stage: Stage,
  step: number,
  [from, to]: readonly [number, number],
): void {
  const stride = Math.max(1, Math.round((to - from) / 100)) * (event.shiftKey ? 10 : 1);
  const next = { ArrowRight: step + stride, ArrowLeft: step - stride, Home: from, End: to }[event.key];
  if (next !== undefined) {
    setHover(null);
    setPin({ stage, step: Math.round(Math.min(to, Math.max(from, next))) });
  } else if (event.key === 'Escape' && useCurveView.getState().pin) setPin(null);
  else return;
  event.preventDefault();
}
