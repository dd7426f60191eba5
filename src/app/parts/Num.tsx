// Numbers on screen: monospace value, small grey unit.
import type { Quantity } from '../format/numbers.ts';
import { percentChange } from '../format/numbers.ts';

export function Num({ value, unit = '' }: Partial<Quantity>) {
  return (
    <span className="num">
      {value}
      {unit !== '' && <span className="unit">{unit}</span>}
    </span>
  );
}

/** Relative change in percent, with a true minus. */
export function Change({ now, was }: { now: number; was: number }) {
  const change = percentChange(now, was);
  return (
    <span className="num">
      {change}
      {change !== 'new' && <span className="pct">%</span>}
    </span>
  );
}
