// The lens along the model's depth: one point a block, on the rows of the blocks, so that it is read along and not looked up.
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { planHash } from '../../../plan/hash.ts';
import { slotId } from '../../../plan/slots.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { useLensMeasures } from '../../../store/lensMeasures.ts';
import { slotMacsAt } from '../../../store/tokenCosts.ts';
import type { Side } from '../../../store/viewStore.ts';
import type { DitShape } from '../../../workers/protocol.ts';
import { macsText, percentText, small } from '../../format/numbers.ts';
import { rowMiddles } from '../layout.ts';
import { useScene } from '../useScene.ts';
import { type Readings, useReadings } from './readings.ts';

interface Series {
  readonly title: string;
  /** One value a block; null where nothing is known. */
  readonly values: readonly (number | null)[];
  /** The same of the base, dashed. */
  readonly reference: readonly number[] | null;
  write(value: number): string;
}

const left = 8;
const right = 44;
const foot = 22;

export const DepthChart = memo(function DepthChart({ data, width = 0, height = 0 }: NodeProps) {
  const readings = useReadings();
  const side: Side = data.side === 'right' ? 'right' : 'only';
  const series = useSeries(readings, side);
  const shape = readings.facts.get(side)?.shape;
  return series && shape ? (
    <Chart series={series} side={side} shape={shape} width={width} height={height} />
  ) : null;
});

interface ChartProps {
  readonly series: Series;
  readonly side: Side;
  readonly shape: DitShape;
  readonly width: number;
  readonly height: number;
}

function Chart({ series, side, shape, width, height }: ChartProps) {
  const rows = rowMiddles(useScene(shape).boxes, side);
  const top = Math.max(1e-12, ...series.values.map((value) => value ?? 0), ...(series.reference ?? []));
  const x = (value: number) => left + (value / top) * (width - left - right);
  const points = rows.flatMap((y, block) => {
    const value = series.values[block];
    return value === null || value === undefined ? [] : [{ block, y, value }];
  });
  const line = points.map(({ y, value }) => `${x(value)},${y}`).join(' ');
  const [first, last] = [points[0], points[points.length - 1]];
  const bottom = (rows[rows.length - 1] ?? 0) + foot;
  return (
    <svg
      className="depth-chart"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`${series.title}: ${points.map(({ block, value }) => `block ${block} ${series.write(value)}`).join(', ')}`}
    >
      <text className="title" x={left} y="14">
        {series.title}
      </text>
      <path className="axis" d={`M${left} ${(rows[0] ?? 0) - 18}V${bottom}`} />
      {series.reference && (
        <polyline
          className="reference"
          points={series.reference.map((value, block) => `${x(value)},${rows[block] ?? 0}`).join(' ')}
        />
      )}
      {first && last && <polygon className="area" points={`${left},${first.y} ${line} ${left},${last.y}`} />}
      <polyline className="line" points={line} />
      {points.map(({ block, y, value }) => (
        <g key={block}>
          <circle className="dot" cx={x(value)} cy={y} r="3" />
          <text
            className="value"
            x={clearOf(x(value), series.reference ? x(series.reference[block] ?? 0) : 0) + 7}
            y={y + 4}
          >
            {series.write(value)}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Pixels that the widest figure takes. */
const labelWidth = 44;

/** Where a label begins: at its point, or behind the dashed reference that it would lie upon. */
function clearOf(point: number, reference: number): number {
  return reference > point && reference - point < labelWidth ? reference : point;
}

function useSeries(readings: Readings, side: Side): Series | null {
  const streamErrors = useLensMeasures((state) => state.streamErrors);
  const hash = useDocument((state) => planHash(selectPlan(state)));
  const facts = readings.facts.get(side);
  if (!readings.lens || !facts) return null;
  const { shape, tokens, slots } = facts;
  const blocks = Array.from({ length: shape.depth }, (_, block) => block);
  const of = (block: number, part: 'attn' | 'mlp') =>
    readings.sides.get(side)?.get(slotId(block, part))?.value ?? null;
  switch (readings.lens.id) {
    case 'cost': {
      const macs = (block: number, held: typeof slots) =>
        (['attn', 'mlp'] as const).reduce(
          (sum, part) => sum + slotMacsAt(shape, slotId(block, part), held[slotId(block, part)], tokens),
          0,
        );
      const base = macs(0, {});
      const isGrafted = Object.keys(slots).length > 0;
      return {
        title: isGrafted ? 'MACs of the block, base dashed' : 'MACs of the block',
        values: blocks.map((block) => macs(block, slots)),
        reference: isGrafted ? blocks.map(() => base) : null,
        write: (value) => (isGrafted && value !== base ? percentText(value, base) : macsText(value)),
      };
    }
    case 'locality':
      return {
        title: 'Within k, even spread dashed',
        values: blocks.map((block) => of(block, 'attn')),
        reference: facts.locality ? blocks.map(() => facts.locality?.uniform ?? 0) : null,
        write: (value) => `${(value * 100).toFixed(0)} %`,
      };
    case 'error': {
      const measured = streamErrors[hash];
      const stream = measured?.state === 'done' ? measured.value : null;
      if (!stream) return null;
      const { bin } = facts;
      const shown = bin === null ? stream.blocks : stream.byTimestep.map((bins) => bins[bin] ?? null);
      return { title: 'Error of the residual stream', values: shown, reference: null, write: small };
    }
    case 'drift': {
      const known = blocks.map((block) => {
        const both = [of(block, 'attn'), of(block, 'mlp')].filter((value) => value !== null);
        return both.length > 0 ? Math.max(...both) : null;
      });
      if (known.every((value) => value === null)) return null;
      return { title: 'Drift, the larger of both slots', values: known, reference: null, write: small };
    }
    default:
      return null;
  }
}
