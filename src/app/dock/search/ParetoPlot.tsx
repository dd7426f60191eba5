// Predicted damage against cost: every point is a plan, a click loads it. Rings are predictions, discs were measured.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Search } from '../../../store/searchPlans.ts';
import { percentText, small } from '../../format/numbers.ts';
import { type Axis, axisOf } from './plotScale.ts';
import { budgetNames, costText, costTick, costUnit } from './priceText.ts';
import type { PlotPoint } from './searchPoints.ts';

const margin = { left: 40, right: 12, top: 10, bottom: 30 };

interface Props {
  readonly search: Search;
  readonly points: readonly PlotPoint[];
  readonly saving: number;
  onLoad(point: PlotPoint): void;
  onPoint(point: PlotPoint | null): void;
}

export function ParetoPlot(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div className="pareto" ref={box}>
      {size.width > margin.left + margin.right && size.height > margin.top + margin.bottom && (
        <Drawn {...props} {...size} />
      )}
    </div>
  );
}

function Drawn(props: Props & { readonly width: number; readonly height: number }) {
  const { search, points, saving, width, height } = props;
  const { price, front, limit } = search;
  const kind = price.kind;
  const room = { below: 0.03, above: 0.05 };
  const x = axisOf(
    [price.base, limit, ...points.map(({ cost }) => cost)],
    [margin.left, width - margin.right],
    Math.max(2, Math.min(8, Math.floor(width / 60))),
    room,
  );
  const damages = points.flatMap(({ predicted, start, trained }) =>
    [predicted, start, trained].flatMap((value) => value ?? []),
  );
  const y = axisOf(
    [0, ...damages],
    [height - margin.bottom, margin.top],
    Math.max(2, Math.min(8, Math.floor(height / 45))),
    { below: 0, above: 0.06 },
  );
  const unit = costUnit(kind, x.to);
  const reach = reaches(points, x, y);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand inside of a picture.
    <svg
      width={width}
      height={height}
      role="group"
      aria-label={`Predicted output change against ${budgetNames[kind]}. Arrow keys walk the plans, Enter loads one.`}
      onKeyDown={walk}
    >
      <rect
        className="pareto-within"
        x={margin.left}
        y={margin.top}
        width={Math.max(0, x.at(limit) - margin.left)}
        height={height - margin.top - margin.bottom}
      />
      <Grid x={x} y={y} width={width} height={height} tick={(cost) => costTick(cost, unit)} />
      <text className="pareto-name" x={width - margin.right} y={height - 3} textAnchor="end">
        {kind === 'parameters' ? `${unit.name} parameters` : `${unit.name} per image`}
      </text>
      <text className="pareto-name" x={margin.left} y={height - 3}>
        {width < 340 ? 'Output change' : 'Output change, lower is better'}
      </text>
      <line
        className="pareto-budget"
        x1={x.at(limit)}
        x2={x.at(limit)}
        y1={margin.top}
        y2={height - margin.bottom}
      />
      <text className="pareto-name" x={x.at(limit) + 4} y={margin.top + 9}>
        budget −{saving} %
      </text>
      <path className="pareto-front" d={staircase(front.points, price.base, x, y)} />
      {points.map((point, at) => (
        <Point
          key={point.key}
          point={point}
          x={x}
          y={y}
          base={price.base}
          isTabStop={at === 0}
          reach={reach[at] ?? 2}
          {...props}
        />
      ))}
      <g className="pareto-base">
        <circle cx={x.at(price.base)} cy={y.at(0)} r={4} />
        <text x={x.at(price.base) + 4} y={y.at(0) - 16} textAnchor="end">
          base
        </text>
      </g>
    </svg>
  );
}

/** The least damage for any cost: down at each point of the front, level up to the next. */
function staircase(
  points: readonly { readonly cost: number; readonly damage: number }[],
  base: number,
  x: Axis,
  y: Axis,
): string {
  let path = '';
  for (const { cost, damage } of points) {
    const [px, py] = [x.at(base + cost).toFixed(1), y.at(Math.sqrt(damage)).toFixed(1)];
    path += path === '' ? `M${px} ${py}` : `H${px}V${py}`;
  }
  return path;
}

interface GridProps {
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly height: number;
  tick(cost: number): string;
}

function Grid({ x, y, width, height, tick }: GridProps) {
  const floor = height - margin.bottom;
  return (
    <g className="pareto-grid">
      {y.ticks.map((value) => (
        <g key={value}>
          <line x1={margin.left} x2={width - margin.right} y1={y.at(value)} y2={y.at(value)} />
          <text x={margin.left - 5} y={y.at(value) + 3} textAnchor="end">
            {value}
          </text>
        </g>
      ))}
      {x.ticks.map((value) => (
        <text key={value} x={x.at(value)} y={floor + 12} textAnchor="middle">
          {tick(value)}
        </text>
      ))}
    </g>
  );
}

interface PointProps extends Props {
  readonly point: PlotPoint;
  readonly x: Axis;
  readonly y: Axis;
  readonly base: number;
  readonly isTabStop: boolean;
  /** Pixels around the point that belong to it. */
  readonly reach: number;
}

/** The value that a plan stands at: predicted where it can be. */
function levelOf({ predicted, start, trained }: PlotPoint): number | null {
  return predicted ?? start ?? trained;
}

/** Half the way to the nearest other point, so that none covers another's middle. */
function reaches(points: readonly PlotPoint[], x: Axis, y: Axis): number[] {
  const places = points.map((point) => ({ x: x.at(point.cost), y: y.at(levelOf(point) ?? 0) }));
  return places.map((place, at) => {
    const distances = places.map((other, i) =>
      i === at ? Number.POSITIVE_INFINITY : Math.hypot(place.x - other.x, place.y - other.y),
    );
    return Math.max(2, Math.min(12, Math.min(...distances) / 2));
  });
}

function Point({ point, x, y, base, isTabStop, reach, search, onLoad, onPoint }: PointProps) {
  const { cost, predicted, start, trained } = point;
  const level = levelOf(point);
  if (level === null) return null;
  const cx = x.at(cost);
  const measured = [start, trained].flatMap((value) => value ?? []);
  const ends = [level, ...measured].map((value) => y.at(value));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand inside of a picture.
    <g
      className={`pareto-point${point.isPresent ? ' is-present' : ''}${point.isBest ? ' is-best' : ''}`}
      role="button"
      aria-label={`Load the plan of ${pointText(point, search, base)}`}
      data-point={point.key}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => onLoad(point)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        onLoad(point);
      }}
      onPointerEnter={() => onPoint(point)}
      onPointerLeave={() => onPoint(null)}
      onFocus={() => onPoint(point)}
      onBlur={() => onPoint(null)}
    >
      <circle className="hit" cx={cx} cy={y.at(level)} r={reach} />
      {measured.length > 0 && (
        <line className="join" x1={cx} x2={cx} y1={Math.min(...ends)} y2={Math.max(...ends)} />
      )}
      {point.isPresent && <circle className="present" cx={cx} cy={y.at(level)} r={8} />}
      {predicted !== null && <circle className="ring" cx={cx} cy={y.at(predicted)} r={4} />}
      {start !== null && <path className="start" d={cross(cx, y.at(start))} />}
      {trained !== null && <circle className="disc" cx={cx} cy={y.at(trained)} r={4.5} />}
    </g>
  );
}

function cross(x: number, y: number): string {
  return `M${x - 3.5} ${y - 3.5}l7 7M${x - 3.5} ${y + 3.5}l7 -7`;
}

export function pointText(point: PlotPoint, { price }: Search, base: number): string {
  const parts = [`${costText(price.kind, point.cost)}, ${percentText(point.cost, base)}`];
  if (point.predicted !== null) parts.push(`predicted change ${small(point.predicted)}`);
  if (point.start !== null) parts.push(`measured untrained ${small(point.start)}`);
  if (point.trained !== null) parts.push(`measured after its run ${small(point.trained)}`);
  return parts.join(', ');
}

/** Left and right walk the plans by cost; the one with the focus is the tab stop. */
function walk(event: KeyboardEvent<SVGSVGElement>): void {
  const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (step === undefined) return;
  const points = [...event.currentTarget.querySelectorAll<SVGGElement>('.pareto-point')];
  const at = points.findIndex((point) => point.isSameNode(document.activeElement));
  const next = points[Math.min(points.length - 1, Math.max(0, at + step))];
  if (at < 0 || !next) return;
  event.preventDefault();
  for (const point of points) point.tabIndex = point === next ? 0 : -1;
  next.focus();
}
