// What the lens reads of a slot: one to four bars, and the number.
import type { SlotId } from '../../../plan/plan.ts';
import type { Side } from '../../../store/viewStore.ts';
import { type Level, useReading } from './readings.ts';

export function LensSign({ slot, side }: { slot: SlotId; side: Side }) {
  const reading = useReading(slot, side);
  if (!reading) return null;
  return (
    <span className="lens-sign" data-level={reading.level}>
      <Bars level={reading.level} />
      <span className="num">{reading.text}</span>
    </span>
  );
}

/** Bars say it without colour; colour says it again. */
export function Bars({ level }: { level: Level }) {
  return (
    <svg className={`bars bars--${level}`} viewBox="0 0 14 12" aria-hidden="true">
      {[1, 2, 3, 4].map((bar) => (
        <rect
          key={bar}
          className={bar <= level ? 'on' : 'off'}
          x={(bar - 1) * 3.5 + 0.25}
          y={12 - 3 * bar}
          width="2.5"
          height={3 * bar}
          rx="0.5"
        />
      ))}
    </svg>
  );
}
