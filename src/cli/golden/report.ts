// The table that the command prints: one line a case, and what failed below it.
import type { Check } from './compare.ts';
import type { CaseResult } from './runGolden.ts';

const columns = [
  ['case', 32],
  ['on', 9],
  ['tensors', 8],
  ['abs error', 10],
  ['tolerance', 10],
  ['rel error', 10],
  ['used', 6],
  ['result', 10],
] as const;

export function tableHead(): string {
  return row(columns.map(([title]) => title));
}

/** A case's line, then one line for every tensor that failed, or for every tensor at all. */
export function tableLines(result: CaseResult, detail: 'failures' | 'tensors'): string[] {
  if (result.outcome === 'not built') return [row([result.name, '', '', '', '', '', '', 'not built'])];
  if (!('checks' in result)) {
    return [row([result.name, result.runsOn, '', '', '', '', '', 'FAILED']), `    ${result.problem}`];
  }
  const { checks } = result;
  const worst = largest(checks, (check) => check.error);
  const line = row([
    result.name,
    result.runsOn,
    String(checks.length),
    scientific(worst?.error),
    scientific(worst?.tolerance),
    scientific(largest(checks, (check) => check.relativeError)?.relativeError),
    percent(largest(checks, (check) => check.used)?.used),
    result.outcome === 'passed' ? 'passed' : 'FAILED',
  ]);
  const listed = detail === 'tensors' ? checks : checks.filter((check) => !check.passed);
  return [line, ...listed.map(checkLine)];
}

function checkLine(check: Check): string {
  const name = `    ${check.passed ? ' ' : '✗'} ${check.tensor}`.padEnd(62);
  if (check.problem !== undefined) return `${name} ${check.problem}`;
  const numbers = [check.error, check.tolerance, check.relativeError].map(scientific);
  return `${name} ${numbers.map((text) => text.padStart(9)).join(' ')} ${percent(check.used).padStart(6)}`;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly notBuilt: number;
}

export function tally(results: readonly CaseResult[]): Tally {
  const count = (outcome: CaseResult['outcome']) =>
    results.filter((result) => result.outcome === outcome).length;
  return { passed: count('passed'), failed: count('failed'), notBuilt: count('not built') };
}

export function summary({ passed, failed, notBuilt }: Tally): string {
  const parts = [`${passed} passed`, `${failed} failed`];
  if (notBuilt > 0) parts.push(`${notBuilt} not built`);
  return `${parts.join(', ')}.`;
}

/** Not-a-number counts as the largest of all. */
function largest(checks: readonly Check[], value: (check: Check) => number): Check | undefined {
  const rank = (check: Check) => (Number.isNaN(value(check)) ? Number.POSITIVE_INFINITY : value(check));
  return checks.reduce<Check | undefined>(
    (most, check) => (most && rank(most) >= rank(check) ? most : check),
    undefined,
  );
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i < 2 ? cell.padEnd(columns[i]?.[1] ?? 0) : cell.padStart(columns[i]?.[1] ?? 0)))
    .join(' ')
    .trimEnd();
}

function scientific(value: number | undefined): string {
  if (value === undefined) return '';
  return value === 0 ? '0' : value.toExponential(1);
}

function percent(share: number | undefined): string {
  if (share === undefined) return '';
  return Number.isFinite(share) && share < 100 ? `${Math.ceil(share * 100)}%` : '>100×';
}
