// All points of the runs on show as comma-separated values, for a spreadsheet or a notebook.
import { compareSlots } from '../../../plan/slots.ts';
import { smooth } from '../../../store/curves.ts';
import { type CurveRun, seriesOf } from './curveRuns.ts';

const header = 'plan,name,series,step,loss,smoothed,held_out';

export function curvesCsv(runs: readonly CurveRun[], weight: number): string {
  const lines = runs.flatMap((run) =>
    seriesOf([run], compareSlots).flatMap((series) => {
      const points = run.curves.get(series)?.points ?? [];
      const smoothed = smooth(
        points.map(({ loss, mean }) => mean ?? loss),
        weight,
      );
      return points.map(({ step, loss, error }, at) =>
        [run.key, quoted(run.name), series, step, cell(loss), cell(smoothed[at] ?? null), cell(error)].join(
          ',',
        ),
      );
    }),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

function cell(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '' : String(value);
}

/** RFC 4180: commas and quotes inside quotes, quotes doubled. */
function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
