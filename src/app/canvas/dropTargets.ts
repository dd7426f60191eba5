// Which slot lies under the pointer: rectangles measured once a drag, found by binary search on their tops.
import type { SlotId } from '../../plan/plan.ts';
import { isSlotId } from '../../plan/slots.ts';

export interface SlotRect {
  readonly slot: SlotId;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Slots as they stand on screen, the highest first. */
export function measureSlots(root: ParentNode): SlotRect[] {
  const rects: SlotRect[] = [];
  for (const element of root.querySelectorAll<HTMLElement>('[data-slot]')) {
    const slot = element.dataset.slot ?? '';
    const { left, right, top, bottom } = element.getBoundingClientRect();
    if (isSlotId(slot)) rects.push({ slot, left, right, top, bottom });
  }
  return rects.sort((a, b) => a.top - b.top);
}

export function slotAt(rects: readonly SlotRect[], x: number, y: number): SlotId | null {
  for (let at = firstBelow(rects, y) - 1; at >= 0; at--) {
    const rect = rects[at];
    if (!rect || rect.bottom < y) return null;
    if (x >= rect.left && x <= rect.right) return rect.slot;
  }
  return null;
}

/** Index of the first rectangle whose top lies below y. */
function firstBelow(rects: readonly SlotRect[], y: number): number {
  let low = 0;
  let high = rects.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rects[middle]?.top ?? Number.POSITIVE_INFINITY) <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}
