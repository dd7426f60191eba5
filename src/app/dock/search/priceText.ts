// Costs of the search in words: multiply-adds, parameters or milliseconds.
import type { BudgetKind } from '../../../store/search.ts';
import { countText, macsText } from '../../format/numbers.ts';

/** What a budget is called, and what one image pays. */
export const budgetNames: Readonly<Record<BudgetKind, string>> = {
  macs: 'MACs per image',
  parameters: 'Parameters',
  latency: 'Milliseconds per image',
};

export function costText(kind: BudgetKind, cost: number): string {
  if (kind === 'macs') return macsText(cost);
  if (kind === 'parameters') return countText(cost);
  const milliseconds = cost / 1e6;
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1)} ms`;
}

/** A tick of the cost axis: the number alone, in the unit that the axis names. */
export function costTick(cost: number, unit: { readonly from: number }): string {
  const value = cost / unit.from;
  return String(Number(value.toPrecision(4)));
}

const units = [
  { from: 1e12, name: 'T' },
  { from: 1e9, name: 'G' },
  { from: 1e6, name: 'M' },
  { from: 1e3, name: 'K' },
  { from: 1, name: '' },
] as const;

/** The unit that an axis up to this cost is counted in. */
export function costUnit(
  kind: BudgetKind,
  largest: number,
): { readonly from: number; readonly name: string } {
  if (kind === 'latency') return { from: 1e6, name: 'ms' };
  const unit = units.find(({ from }) => largest >= from) ?? { from: 1, name: '' };
  return { from: unit.from, name: kind === 'macs' ? `${unit.name}MAC` : unit.name };
}
