// Multiply-adds per millisecond on this machine: what the page measured last, kept between visits.
import { create } from 'zustand';
import { openSettings } from '../storage/settings.ts';

const key = 'speed';
const storage = openSettings();

/** Null until the first pictures are drawn. */
export const useSpeed = create<{ readonly macsPerMs: number | null }>()(() => ({
  macsPerMs: storage.get<number | null>(key, parseSpeed, null),
}));

export function rememberSpeed(macsPerMs: number): void {
  if (parseSpeed(macsPerMs) === undefined) return;
  useSpeed.setState({ macsPerMs });
  storage.set(key, macsPerMs);
}

function parseSpeed(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
