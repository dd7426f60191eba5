// What races of operators say, by what was held out: errors before training, and steps to the ridge start's error.
import type { OperatorPart } from './runs.ts';

export const operatorStarts = ['inherit', 'ridge', 'mean', 'nearest', 'generated'] as const;
export type OperatorStart = (typeof operatorStarts)[number];

/** One slot of one raced run. */
export interface OperatorOutcome {
  readonly operator: string;
  readonly part: OperatorPart;
  readonly slot: string;
  readonly results: Readonly<
    Record<
      OperatorStart,
      {
        readonly before: number;
        readonly after: number;
        /** Steps to the ridge start's error before training; undefined where the race ended above it. */
        readonly steps: number | undefined;
      }
    >
  >;
}

const labels: Readonly<Record<OperatorStart, string>> = {
  inherit: 'inherit',
  ridge: 'ridge',
  mean: 'mean of fitted operators',
  nearest: 'nearest fitted operator',
  generated: 'generated',
};
const partWords: Readonly<Record<OperatorPart, string>> = {
  train: 'known conditions',
  layer: 'held-out layer',
  slice: 'held-out slice',
  config: 'held-out setting',
};

export interface OperatorFacts {
  /** Steps of a race, and stage-1 runs that starts were made from. */
  readonly steps: number;
  readonly fitted: number;
  readonly engine: string;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean errors before training; the best first. */
export function rankedStarts(
  outcomes: readonly OperatorOutcome[],
): { start: OperatorStart; before: number }[] {
  return operatorStarts
    .map((start) => ({ start, before: mean(outcomes.map(({ results }) => results[start].before)) }))
    .sort((a, b) => a.before - b.before);
}

export function operatorReport(
  outcomes: readonly OperatorOutcome[],
  { steps, fitted, engine }: OperatorFacts,
): string {
  const [best] = rankedStarts(outcomes);
  if (!best) return 'No operator was raced.\n';
  const groups = new Map<string, OperatorOutcome[]>();
  for (const outcome of outcomes) {
    const key = `${outcome.operator}, ${partWords[outcome.part]}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  const rows = [...groups].flatMap(([key, own]) =>
    operatorStarts.map((start) => {
      const results = own.map((outcome) => outcome.results[start]);
      const reached = results.flatMap((result) => (result.steps === undefined ? [] : [result.steps]));
      const toRidge = reached.length === 0 ? '—' : mean(reached).toFixed(0);
      const cells = [
        key,
        labels[start],
        mean(results.map(({ before }) => before)).toFixed(4),
        mean(results.map(({ after }) => after)).toFixed(4),
        `${toRidge} (${reached.length}/${results.length})`,
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  );
  return [
    best.start === 'generated'
      ? `Generated operators have the lowest error before training, over all raced slots: ${best.before.toFixed(4)}.`
      : `A fair baseline does as well as the generator: ${labels[best.start]} has the lowest error before training, over all raced slots: ${best.before.toFixed(4)}.`,
    '',
    `${outcomes.length} slots raced for ${steps} steps; starts made from ${fitted} fitted operators; ${engine}.`,
    'Error: root mean square of student minus teacher over that of the teacher, on held-out images of the slice.',
    '',
    `| operator, part | start | error before | after ${steps} | steps to the ridge start's error |`,
    '|---|---|---:|---:|---:|',
    ...rows,
    '',
  ].join('\n');
}
