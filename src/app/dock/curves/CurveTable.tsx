// The curves as numbers, for whoever cannot or does not want to read lines.
import { compareSlots, slotLabel } from '../../../plan/slots.ts';
import { smooth } from '../../../store/curves.ts';
import { useSettings } from '../../../store/settingsStore.ts';
import type { CurvePoint } from '../../../workers/protocol.ts';
import { small } from '../../format/numbers.ts';
import { type CurveRun, seriesOf } from './curveRuns.ts';
import { readingOf, stageOf, useCurveView } from './curveView.ts';
import { measured } from './tileData.ts';

export function CurveTable({ visible }: { visible: readonly CurveRun[] }) {
  const rows = visible.flatMap((run) => seriesOf([run], compareSlots).map((series) => ({ run, series })));
  if (rows.length === 0) {
    return (
      <div className="empty">
        <strong>No numbers yet</strong>
        <p>Press Graft to fill the table.</p>
      </div>
    );
  }
  return (
    <table className="data-table" aria-label="Curves as numbers">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col" className="is-text">
            Series
          </th>
          {columns.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ run, series }) => (
          <CurveRow key={`${run.key} ${series}`} run={run} series={series} />
        ))}
      </tbody>
    </table>
  );
}

const columns = [
  'Points',
  'Last step',
  'First loss',
  'Lowest loss',
  'Last loss',
  'Smoothed',
  'At the pin',
  'First held-out',
  'Lowest held-out',
  'Last held-out',
] as const;

function CurveRow({ run, series }: { run: CurveRun; series: CurvePoint['series'] }) {
  const weight = useSettings((settings) => settings.smoothing);
  const pin = useCurveView((view) => readingOf({ hover: null, pin: view.pin }, stageOf(series)));
  const curve = run.curves.get(series);
  if (!curve) return null;
  const trained = curve.points.filter(({ loss }) => Number.isFinite(loss));
  const smoothed = smooth(
    trained.map(({ loss }) => loss),
    weight,
  );
  const held = measured(curve).values;
  const atPin = pin === null ? null : trained.findLast(({ step }) => step <= pin);
  const lowest = (values: readonly number[]) => (values.length === 0 ? null : Math.min(...values));
  const cells = [
    String(trained.length),
    String(curve.points.at(-1)?.step ?? '–'),
    small(trained[0]?.loss ?? null),
    small(lowest(trained.map(({ loss }) => loss))),
    small(trained.at(-1)?.loss ?? null),
    small(smoothed.at(-1) ?? null),
    small(atPin?.loss ?? null),
    small(held[0] ?? null),
    small(lowest(held)),
    small(held.at(-1) ?? null),
  ];
  return (
    <tr>
      <th scope="row" className="num" title={run.name}>
        {run.short}
      </th>
      <td className="is-text">{series === 'stage2' ? 'Stage 2' : slotLabel(series)}</td>
      {cells.map((cell, at) => (
        <td key={columns[at]} className="num">
          {cell}
        </td>
      ))}
    </tr>
  );
}
