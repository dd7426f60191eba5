// How a curve is drawn: thin raw line, strong smoothed line, band from lowest to highest; colours from the tokens.
import type uPlot from 'uplot';
import type { Axes } from './curveData.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PlotSetup {
  readonly options: uPlot.Options;
  /** Did the person drag a range? New points then leave the view alone. */
  isZoomed(): boolean;
}

export function plotSetup(element: HTMLElement, size: Size, logScale: boolean, axes: () => Axes): PlotSetup {
  let zoomed = false;
  const colour = colours(element);
  const axis = {
    stroke: colour('--ink-3'),
    font: `10px ${getComputedStyle(element).getPropertyValue('--font-mono')}`,
    grid: { stroke: colour('--line-subtle'), width: 1 },
    ticks: { show: false },
  };
  const graft = colour('--graft');
  const options: uPlot.Options = {
    ...size,
    padding: [4, 12, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: 'curves' },
      y: false,
      points: { size: 5 },
      drag: { x: true, y: false },
      bind: {
        dblclick: (_plot, _target, reset) => (event) => {
          zoomed = false;
          reset(event);
          return null;
        },
      },
    },
    hooks: {
      setSelect: [
        ({ select }) => {
          zoomed = select.width > 0;
        },
      ],
    },
    scales: {
      x: { time: false, range: (_, min, max) => (zoomed ? [min, max] : [0, axes().steps]) },
      y: { distr: logScale ? 3 : 1, range: () => span(axes(), logScale) },
    },
    axes: [
      { ...axis, size: 16, gap: 2, space: 48, values: (_, ticks) => ticks.map(stepText) },
      {
        ...axis,
        size: 38,
        gap: 3,
        space: 22,
        values: (_, ticks) => ticks.map(lossText),
        ...(logScale
          ? { splits: (_plot, _axis, min, max) => logTicks(min, max), filter: (_plot, ticks) => ticks }
          : {}),
      },
    ],
    bands: [{ series: [4, 3], fill: withAlpha(graft, 0.14) }],
    series: [
      {},
      { stroke: withAlpha(graft, 0.5), width: 1, points: { show: false } },
      { stroke: graft, width: 1.75, points: { show: false } },
      { stroke: 'transparent', width: 0, points: { show: false } },
      { stroke: 'transparent', width: 0, points: { show: false } },
    ],
  };
  return { options, isZoomed: () => zoomed };
}

/** A little air around the curves; on a log scale whole factors of it. */
function span({ low, high }: Axes, logScale: boolean): [number, number] {
  if (!logScale) return [Math.min(0, low), high > 0 ? high * 1.05 : 1];
  const floor = low > 0 ? low : high > 0 ? high / 1e4 : 1e-4;
  return [floor / 1.3, Math.max(high, floor * 2) * 1.2];
}

/** Tenths, ones, tens, …; with 2 and 5 between them where there are few. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high > low)) return [];
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, step) => 10 ** (Math.floor(Math.log10(low)) + step),
  );
  const inside = (ticks: number[]) => ticks.filter((tick) => tick >= low && tick <= high);
  const whole = inside(decades);
  return whole.length >= 2 ? whole : inside(decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]));
}

function stepText(step: number): string {
  return step >= 1000 ? `${step / 1000}k` : String(step);
}

function lossText(loss: number | null): string {
  if (loss === null) return '';
  return loss !== 0 && Math.abs(loss) < 1e-3 ? loss.toExponential(0) : String(Number(loss.toPrecision(3)));
}

/** Token colours as a canvas understands them: light-dark() and var() resolved. */
function colours(element: HTMLElement): (token: string) => string {
  const probe = document.createElement('i');
  probe.hidden = true;
  element.append(probe);
  queueMicrotask(() => probe.remove());
  return (token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
}

function withAlpha(rgb: string, alpha: number): string {
  return rgb.replace(/^rgb\((.+)\)$/, `rgba($1, ${alpha})`);
}
