// Loss curves as inline SVG: small multiples with one logarithmic axis a stage, raw line and smoothed line.
import type { CurvePoint } from '../../../workers/protocol.ts';
import { decimate, traceOf } from '../../curves.ts';
import { escapeHtml } from './html.ts';

export interface ReportCurve {
  readonly label: string;
  readonly points: readonly CurvePoint[];
}

const box = { width: 260, height: 120, left: 44, bottom: 18, top: 8, right: 8 } as const;
const smoothing = 0.9;
const mostPoints = 200;

/** All on one vertical axis, so that they can be compared. */
export function curvesSvg(curves: readonly ReportCurve[]): string {
  const drawn = curves.map(({ label, points }) => {
    const last = points[points.length - 1]?.step ?? 1;
    return { label, last, trace: decimate(traceOf(points, smoothing), [0, last], mostPoints) };
  });
  const losses = drawn.flatMap(({ trace }) => trace.raw.filter((value) => value !== null && value > 0));
  if (losses.length === 0) return '';
  const [low, high] = [Math.log10(least(losses)), Math.log10(most(losses))];
  const range = { low, high: high > low ? high : low + 1 };
  const figures = drawn.map(({ label, last, trace }) => {
    const line = (values: readonly (number | null)[]) => pathOf(trace.steps, values, last, range);
    return `<figure><figcaption>${escapeHtml(label)}</figcaption>
<svg viewBox="0 0 ${box.width} ${box.height}" role="img" aria-label="${escapeHtml(`Loss of ${label} over ${last} steps`)}">
${axes(last, range)}
<path class="raw" d="${line(trace.raw)}"/><path class="smooth" d="${line(trace.smoothed)}"/>
</svg></figure>`;
  });
  return `<div class="curves">${figures.join('\n')}</div>`;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function least(values: readonly (number | null)[]): number {
  return values.reduce<number>((best, value) => Math.min(best, value ?? best), Number.POSITIVE_INFINITY);
}

function most(values: readonly (number | null)[]): number {
  return values.reduce<number>((best, value) => Math.max(best, value ?? best), Number.NEGATIVE_INFINITY);
}

function place(step: number, loss: number, last: number, { low, high }: Range): [number, number] {
  const x = box.left + (step / Math.max(1, last)) * (box.width - box.left - box.right);
  const y = box.top + ((high - Math.log10(loss)) / (high - low)) * (box.height - box.top - box.bottom);
  return [Number(x.toFixed(1)), Number(y.toFixed(1))];
}

function pathOf(
  steps: readonly number[],
  values: readonly (number | null)[],
  last: number,
  range: Range,
): string {
  let pen: 'M' | 'L' = 'M';
  return steps
    .flatMap((step, i) => {
      const value = values[i] ?? null;
      if (value === null || value <= 0) {
        pen = 'M';
        return [];
      }
      const point = `${pen}${place(step, value, last, range).join(' ')}`;
      pen = 'L';
      return [point];
    })
    .join('');
}

/** The extremes, in words: enough to read a small picture. */
function axes(last: number, range: Range): string {
  const text = (x: number, y: number, anchor: string, words: string) =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;
  const bottom = box.height - box.bottom;
  return [
    `<path class="axis" d="M${box.left} ${box.top}V${bottom}H${box.width - box.right}"/>`,
    text(box.left - 4, box.top + 8, 'end', (10 ** range.high).toPrecision(2)),
    text(box.left - 4, bottom, 'end', (10 ** range.low).toPrecision(2)),
    text(box.left, box.height - 5, 'start', '0'),
    text(box.width - box.right, box.height - 5, 'end', `${last} steps`),
  ].join('');
}
