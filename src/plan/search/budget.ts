// What a budget buys on a front: the plan of least damage that it can pay, or what the smallest plan would cost.
import { known } from '../../lib/errors.ts';
import type { Front } from './front.ts';

export type Bought =
  | { readonly kind: 'plan'; readonly index: number }
  | { readonly kind: 'none'; readonly smallestCost: number };

export function bestWithin({ points }: Front, budget: number): Bought {
  // Points come by rising cost: the last that the budget can pay does the least damage.
  const index = points.findLastIndex(({ cost }) => cost <= budget);
  return index < 0
    ? { kind: 'none', smallestCost: known(points[0], 'cheapest plan').cost }
    : { kind: 'plan', index };
}

/**
 * Points to show: of `steps` equal steps of cost the least damaging each, and both ends. A front of thousands of points
 * reads as a line; these are the ones that can be chosen on it.
 */
export function shownPoints({ points }: Front, steps: number): number[] {
  const first = points[0]?.cost ?? 0;
  const range = (points[points.length - 1]?.cost ?? 0) - first;
  const stepOf = (cost: number) => (range === 0 ? 0 : Math.floor(((cost - first) / range) * steps));
  return points.flatMap(({ cost }, index) => {
    const next = points[index + 1];
    const isLastOfStep = next === undefined || stepOf(next.cost) !== stepOf(cost);
    return index === 0 || isLastOfStep ? [index] : [];
  });
}
