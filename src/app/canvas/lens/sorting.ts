// The order of the table's rows.
import type { SlotId } from '../../../plan/plan.ts';

export interface Row {
  readonly slot: SlotId;
  readonly values: readonly (number | null)[];
}

export type Direction = 'ascending' | 'descending';

/** Rows that say nothing are last, whichever way the others stand. */
export function sorted(rows: readonly Row[], column: number, direction: Direction): Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [a.values[column] ?? null, b.values[column] ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}
