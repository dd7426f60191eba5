import { expect, it } from 'vitest';
import { sorted } from './sorting.ts';

it('sorts by a column, what is unknown last in both directions', () => {
  const rows = [2, null, -1, 5].map((value, block) => ({
    slot: `blocks.${block}.attn` as const,
    values: [0, value],
  }));
  const order = (direction: 'ascending' | 'descending') =>
    sorted(rows, 1, direction).map(({ values }) => values[1]);
  expect(order('ascending')).toEqual([-1, 2, 5, null]);
  expect(order('descending')).toEqual([5, 2, -1, null]);
  // Equal rows keep the model's order.
  expect(sorted(rows, 0, 'descending')).toEqual(rows);
});
