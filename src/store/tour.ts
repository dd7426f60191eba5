// The tour of the first visit: three marks beside the things they are about. It comes once by itself, and again when asked.
import { create } from 'zustand';
import { openSettings } from '../storage/settings.ts';

export const tourMarks = ['drag', 'graft', 'compare'] as const;
export type TourMark = (typeof tourMarks)[number];

export interface TourState {
  /** Index of the mark on show; null when there is no tour. */
  readonly at: number | null;
  /** Asked for by a person, whose focus then follows it; the first one only waits in the tab order. */
  readonly takesFocus: boolean;
}

export const useTour = create<TourState>()(() => ({ at: null, takesFocus: false }));

const settings = openSettings();
const key = 'tour';

export function wasTourShown(): boolean {
  return settings.get(key, (value) => (value === 'shown' ? true : undefined), false);
}

/** By itself, and only once. */
export function offerTour(): void {
  if (wasTourShown()) return;
  settings.set(key, 'shown');
  useTour.setState({ at: 0, takesFocus: false });
}

/** Because a person asked for it. */
export function showTour(): void {
  useTour.setState({ at: 0, takesFocus: true });
}

/** Past the last mark the tour is over. */
export function nextMark(): void {
  useTour.setState(({ at }) => ({ at: at === null || at + 1 >= tourMarks.length ? null : at + 1 }));
}

export function endTour(): void {
  useTour.setState({ at: null, takesFocus: false });
}
