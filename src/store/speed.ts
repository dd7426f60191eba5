// Multiply-adds per millisecond on this machine: what the page measured last, kept between visits.
import { create } from 'zustand';

const key = 'scion.speed';

/** Null until the first pictures are drawn. */
export const useSpeed = create<{ readonly macsPerMs: number | null }>()(() => ({ macsPerMs: readSpeed() }));

export function rememberSpeed(macsPerMs: number): void {
  if (!Number.isFinite(macsPerMs) || macsPerMs <= 0) return;
  useSpeed.setState({ macsPerMs });
  try {
    localStorage.setItem(key, String(macsPerMs));
  } catch {
    // Without storage the speed is measured again on the next visit.
  }
}

function readSpeed(): number | null {
  try {
    const stored = Number(localStorage.getItem(key));
    return Number.isFinite(stored) && stored > 0 ? stored : null;
  } catch {
    return null;
  }
}
