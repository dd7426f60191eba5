// How a tile is drawn: thin raw line, strong smoothed line, band from lowest to highest; colours from the tokens.
import type uPlot from 'uplot';
import type { Baseline } from './baselines.ts';
import type { Range, Stage } from './curveView.ts';
import type { Axes, LineStyle } from './tileData.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What changes while a plot lives. */
export interface Live {
  readonly axes: Axes;
  readonly baselines: readonly Baseline[];
  readonly breaks: readonly number[];
  /** The pinned step, where it is of this plot's stage. */
  readonly pin: number | null;
}

export interface PlotEvents {
  /** The step under the pointer; null when it has left. */
  hover(step: number | null): void;
  zoom(range: Range | null): void;
  pin(step: number): void;
}

export interface PlotSetup {
  readonly element: HTMLElement;
  readonly size: Size;
  readonly stage: Stage;
  readonly styles: readonly LineStyle[];
  readonly logScale: boolean;
  readonly events: PlotEvents;
  live(): Live;
}

/** Shorter drags are clicks. */
const leastDrag = 4;

export function plotOptions({
  element,
  size,
  stage,
  styles,
  logScale,
  events,
  live,
}: PlotSetup): uPlot.Options {
  const colour = colours(element);
  const run = (index: number) => colour(index === 0 ? '--graft' : `--run-${index}`);
  // Read once: asked for at every draw, it would have the browser compute the page's styles each time.
  const font = getComputedStyle(element).fontFamily;
  const axis = {
    stroke: colour('--ink-3'),
    font: `10px ${getComputedStyle(element).getPropertyValue('--font-mono')}`,
    grid: { stroke: colour('--line-subtle'), width: 1 },
    ticks: { show: false },
  };
  let dragged = false;
  let seen: MouseEvent | null | undefined;
  const place = (kind: LineStyle['kind']) => styles.findIndex((style) => style.kind === kind) + 1;
  const [low, high] = [place('low'), place('high')];
  return {
    ...size,
    padding: [6, 12, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: `curves-${stage}`, scales: ['x', null], setSeries: false },
      y: false,
      points: { size: 5 },
      drag: { x: true, y: false, setScale: false, dist: leastDrag },
      bind: {
        dblclick: () => () => {
          events.zoom(null);
          return null;
        },
      },
    },
    hooks: {
      ready: [
        (plot) =>
          plot.over.addEventListener('click', () => {
            if (!dragged) events.pin(Math.round(plot.posToVal(plot.cursor.left ?? 0, 'x')));
            dragged = false;
          }),
      ],
      setCursor: [
        (plot) => {
          // New data and pins place the cursor anew: the pointer has not moved.
          if (plot.cursor.event === seen) return;
          seen = plot.cursor.event;
          const left = plot.cursor.left ?? -1;
          events.hover(left < 0 ? null : Math.round(plot.posToVal(left, 'x')));
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < leastDrag) return;
          dragged = true;
          events.zoom([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')]);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [
        (plot) =>
          drawMarks(plot, live(), {
            font,
            ground: colour('--surface-panel'),
            ink: colour('--ink-3'),
            strong: colour('--ink-2'),
            warn: colour('--warn'),
          }),
      ],
    },
    scales: {
      x: { time: false, range: () => [...live().axes.range] },
      y: { distr: logScale ? 3 : 1, range: () => span(live().axes, logScale) },
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
    bands:
      low > 0 && high > 0
        ? [{ series: [high, low], fill: withAlpha(run(styles[low - 1]?.colour ?? 0), 0.14) }]
        : [],
    series: [{}, ...styles.map((style) => seriesOf(style, run(style.colour), colour('--ink')))],
  };
}

function seriesOf({ kind, colour }: LineStyle, stroke: string, ink: string): uPlot.Series {
  switch (kind) {
    case 'raw':
      return { stroke: withAlpha(stroke, 0.5), width: 1, points: { show: false } };
    case 'smoothed':
      return { stroke, width: colour === 0 ? 1.75 : 1.25, points: { show: false } };
    case 'measured':
      return { stroke, width: colour === 0 ? 1.75 : 1.25, points: { show: true, size: 4, fill: stroke } };
    case 'beside':
      return { stroke: ink, width: 1.25, points: { show: true, size: 4, fill: ink } };
    case 'low':
    case 'high':
      return { stroke: 'transparent', width: 0, points: { show: false } };
    default:
      return kind satisfies never;
  }
}

interface MarkLook {
  readonly font: string;
  readonly ground: string;
  readonly ink: string;
  readonly strong: string;
  readonly warn: string;
}

/** Baselines dashed with their name; steps that were not finite dotted; the pinned step as a plain line. */
function drawMarks(
  plot: uPlot,
  { baselines, breaks, pin }: Live,
  { font, ground, ink, strong, warn }: MarkLook,
): void {
  const { ctx, bbox } = plot;
  const ratio = bbox.width / Math.max(1, plot.over.clientWidth);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = ratio;
  ctx.font = `${10 * ratio}px ${font}`;
  for (const { value, label } of baselines) {
    const y = plot.valToPos(value, 'y', true);
    if (!Number.isFinite(y)) continue;
    ctx.strokeStyle = ink;
    ctx.fillStyle = ink;
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    line(ctx, bbox.left, y, bbox.left + bbox.width, y);
    ctx.textAlign = 'right';
    ctx.textBaseline = y - bbox.top < 14 * ratio ? 'top' : 'bottom';
    const at = [
      bbox.left + bbox.width - 2 * ratio,
      y + (ctx.textBaseline === 'top' ? 2 : -2) * ratio,
    ] as const;
    // The ground around the letters keeps them readable on a curve.
    ctx.setLineDash([]);
    ctx.strokeStyle = ground;
    ctx.lineWidth = 4 * ratio;
    ctx.strokeText(label, ...at);
    ctx.lineWidth = ratio;
    ctx.fillText(label, ...at);
  }
  const vertical = (step: number, dash: number[], stroke: string) => {
    const x = plot.valToPos(step, 'x', true);
    ctx.strokeStyle = stroke;
    ctx.setLineDash(dash);
    line(ctx, x, bbox.top, x, bbox.top + bbox.height);
    return x;
  };
  for (const step of breaks) {
    const x = vertical(step, [ratio, 2 * ratio], warn);
    ctx.fillStyle = warn;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    ctx.fillText(`NaN at ${step}`, x + 3 * ratio, bbox.top);
  }
  if (pin !== null) vertical(pin, [], strong);
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** A little air around the curves; on a log scale whole factors of it. */
function span({ low, high }: Axes, logScale: boolean): [number, number] {
  if (!logScale) return [Math.min(0, low), high > 0 ? high * 1.05 : 1];
  const floor = low > 0 ? low : high > 0 ? high / 1e4 : 1e-4;
  return [floor / 1.3, Math.max(high, floor * 2) * 1.2];
}

const leaders = [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]] as const;

/** Tenths, ones, tens, …; where these are few, 2 and 5 between them, then all; in the narrowest ranges, equal steps. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high > low)) return [];
  const from = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - from + 1 },
    (_, step) => 10 ** (from + step),
  );
  for (const within of leaders) {
    const ticks = decades.flatMap((decade) => within.map((leader) => leader * decade));
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    if (inside.length >= 2) return inside;
  }
  return Array.from({ length: 4 }, (_, step) =>
    Number((low + ((high - low) * (step + 0.5)) / 4).toPrecision(2)),
  );
}

function stepText(step: number): string {
  return step >= 1000 ? `${step / 1000}k` : String(step);
}

function lossText(loss: number | null): string {
  if (loss === null) return '';
  return loss !== 0 && Math.abs(loss) < 1e-3 ? loss.toExponential(0) : String(Number(loss.toPrecision(3)));
}

const tokens = ['--graft', '--ink', '--ink-2', '--ink-3', '--line-subtle', '--surface-panel', '--warn'];

/** Token colours as a canvas understands them: light-dark() and var() resolved. */
export function colours(element: HTMLElement): (token: string) => string {
  const probe = document.createElement('i');
  probe.hidden = true;
  element.append(probe);
  const known = new Map<string, string>();
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  for (const token of tokens) known.set(token, read(token));
  for (let index = 1; index <= 4; index++) known.set(`--run-${index}`, read(`--run-${index}`));
  probe.remove();
  return (token) => known.get(token) ?? 'gray';
}

export function withAlpha(rgb: string, alpha: number): string {
  return rgb.replace(/^rgb\((.+)\)$/, `rgba($1, ${alpha})`);
}
