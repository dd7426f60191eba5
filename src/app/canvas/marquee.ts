// Selecting by a rectangle: Shift and drag anywhere on the stage. With Ctrl or Cmd too, it adds to the selection.
import type { MouseEvent as ReactMouseEvent } from 'react';
import type { SlotId } from '../../plan/plan.ts';
import { compareSlots } from '../../plan/slots.ts';
import { announce, select, useView } from '../../store/viewStore.ts';
import { measureSlots, type SlotRect } from './dropTargets.ts';

interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Pixels before a press becomes a rectangle. */
const slack = 5;

export function startMarquee(event: ReactMouseEvent<HTMLElement>): void {
  if (!event.shiftKey || event.button !== 0) return;
  // The view would pan.
  event.stopPropagation();
  const stage = event.currentTarget;
  const { clientX: startX, clientY: startY } = event;
  const adds = event.ctrlKey || event.metaKey;
  const before = adds ? useView.getState().selection : [];
  const stopping = new AbortController();
  const { signal } = stopping;
  let drawn: { readonly element: HTMLElement; readonly slots: SlotRect[] } | null = null;

  const move = (moved: MouseEvent) => {
    if (!drawn) {
      if (Math.hypot(moved.clientX - startX, moved.clientY - startY) < slack) return;
      drawn = { element: drawRectangle(stage), slots: measureSlots(stage) };
    }
    const rect = {
      left: Math.min(startX, moved.clientX),
      right: Math.max(startX, moved.clientX),
      top: Math.min(startY, moved.clientY),
      bottom: Math.max(startY, moved.clientY),
    };
    const origin = stage.getBoundingClientRect();
    drawn.element.style.translate = `${rect.left - origin.left}px ${rect.top - origin.top}px`;
    drawn.element.style.width = `${rect.right - rect.left}px`;
    drawn.element.style.height = `${rect.bottom - rect.top}px`;
    const now = [...new Set([...before, ...slotsIn(drawn.slots, rect)])];
    if (now.join() !== useView.getState().selection.join()) select(now);
  };
  const stop = () => {
    stopping.abort();
    if (!drawn) return;
    drawn.element.remove();
    swallowClick();
    const count = useView.getState().selection.length;
    announce(`${count} ${count === 1 ? 'slot' : 'slots'} selected.`);
  };
  window.addEventListener('mousemove', move, { signal });
  window.addEventListener('mouseup', stop, { signal });
  window.addEventListener('blur', stop, { signal });
}

/** Slots that the rectangle touches, top of the model first. */
export function slotsIn(slots: readonly SlotRect[], rect: Rect): SlotId[] {
  return slots
    .filter(
      (slot) =>
        slot.left < rect.right && slot.right > rect.left && slot.top < rect.bottom && slot.bottom > rect.top,
    )
    .map(({ slot }) => slot)
    .sort(compareSlots);
}

function drawRectangle(stage: HTMLElement): HTMLElement {
  const element = document.createElement('div');
  element.className = 'marquee';
  stage.append(element);
  return element;
}

/** The release that ends a rectangle on a slot is no click on it. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
}
