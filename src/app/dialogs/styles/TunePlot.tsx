// The fine-tune's curves: distance on held-out emoji by step, one line a start; the batch's own distance faint behind.
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import type { TuneState } from '../../../store/styles/stylesStore.ts';
import { colours, withAlpha } from '../../dock/curves/plotOptions.ts';
import { useWidth } from '../../parts/useWidth.ts';
import { useShownTheme } from '../../useTheme.ts';
import { startWords } from './startWords.ts';

export function TunePlot({ tune }: { readonly tune: TuneState }) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const width = useWidth(box);
  const theme = useShownTheme();
  const data = columnsOf(tune);
  const latest = useRef(data);
  latest.current = data;
  const { starts, steps } = tune;
  const key = starts.join();

  useEffect(() => {
    const element = box.current;
    if (!element || width === 0) return;
    let gone = false;
    void import('uplot').then(({ default: UPlot }) => {
      if (gone) return;
      const order = key.split(',') as TuneState['starts'];
      const options = optionsOf(element, width, order, steps);
      drawn.current = new UPlot(options, latest.current, element);
    });
    return () => {
      gone = true;
      drawn.current?.destroy();
      drawn.current = null;
    };
  }, [width, theme, key, steps]);

  useEffect(() => {
    drawn.current?.setData(data, true);
  });

  return <div className="tune-plot" ref={box} role="img" aria-label="Distance on held-out emoji by step" />;
}

/** Steps, then for every start its batches and its held-out measurements. */
function columnsOf({ starts, points, steps }: TuneState): uPlot.AlignedData {
  const rows = Array.from({ length: steps + 1 }, (_, step) => step);
  const column = (start: TuneState['starts'][number], value: 'batch' | 'heldOut') => {
    const filled = new Array<number | null>(rows.length).fill(null);
    for (const point of points[start] ?? []) filled[point.step] = point[value];
    return filled;
  };
  return [rows, ...starts.flatMap((start) => [column(start, 'batch'), column(start, 'heldOut')])];
}

const height = 220;

function optionsOf(
  element: HTMLElement,
  width: number,
  starts: TuneState['starts'],
  steps: number,
): uPlot.Options {
  const colour = colours(element);
  const axis = {
    stroke: colour('--ink-3'),
    font: `10px ${getComputedStyle(element).getPropertyValue('--font-mono')}`,
    grid: { stroke: colour('--line-subtle'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [6, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [0, steps] }, y: { range: (_, low, high) => span(low, high) } },
    axes: [
      { ...axis, size: 18, gap: 2, space: 48 },
      { ...axis, size: 40, gap: 3, space: 26 },
    ],
    series: [
      {},
      ...starts.flatMap((start) => {
        const stroke = colour(startWords[start].colour);
        return [
          { stroke: withAlpha(stroke, 0.22), width: 1, points: { show: false } },
          {
            stroke,
            width: start === starts[0] ? 2 : 1.25,
            spanGaps: true,
            points: { show: true, size: 4, fill: stroke },
          },
        ];
      }),
    ],
  };
}

function span(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const air = Math.max(1e-3, high - low) * 0.08;
  return [Math.max(0, low - air), high + air];
}
