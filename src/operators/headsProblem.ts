// The one condition that every attention shares.
import type { SlotSite } from './operator.ts';

export function headsProblem(label: string, { width, heads }: SlotSite): string | undefined {
  return Number.isInteger(width / heads)
    ? undefined
    : `${label} needs a width that its heads divide; ${width} is not a multiple of ${heads}.`;
}
