// Carrying a chip from the palette to a slot with the pointer. Only the hovered slots render while it moves.
import type { PointerEvent as ReactPointerEvent } from 'react';
import type { OperatorConfig, SlotId } from '../../plan/plan.ts';
import { slotKind } from '../../plan/slots.ts';
import { hoverWithHand, takeInHand, useView } from '../../store/viewStore.ts';
import { panBy } from './camera.ts';
import { measureSlots, type SlotRect, slotAt } from './dropTargets.ts';
import { placeAndFocus } from './placeAndFocus.ts';

export interface Chip {
  readonly operator: string;
  readonly variant: OperatorConfig | null;
}

/** Pixels before a press becomes a drag. */
const slack = 5;

/** Pixels from the edge of the stage within which a held chip moves the view, once it has rested there a moment. */
const edge = 28;
const restMs = 350;

/** Where the pointer is; the ghost follows it without rendering. */
export const ghost = {
  element: null as HTMLElement | null,
  x: 0,
  y: 0,
  moveTo(x: number, y: number) {
    this.x = x;
    this.y = y;
    if (this.element) this.element.style.transform = `translate(${x + 10}px, ${y + 12}px)`;
  },
};

let rects: SlotRect[] | null = null;
/** When the chip came to the edge of the stage; null while it is elsewhere. */
let atEdgeSince: number | null = null;

/** The camera moved under a chip: the rectangles are taken anew. */
export function slotsMoved(): void {
  if (rects) rects = measureSlots(document);
}

export function startChipDrag(event: ReactPointerEvent, chip: Chip): void {
  if (event.button !== 0) return;
  const { clientX: startX, clientY: startY } = event;
  const stopping = new AbortController();
  const { signal } = stopping;

  const follow = (now: number) => {
    if (!rects || signal.aborted) return;
    panAtEdge(now);
    hoverWithHand(slotAt(rects, ghost.x, ghost.y));
    requestAnimationFrame(follow);
  };
  const move = (moved: PointerEvent) => {
    if (!rects) {
      if (Math.hypot(moved.clientX - startX, moved.clientY - startY) < slack) return;
      ghost.moveTo(moved.clientX, moved.clientY);
      takeInHand({ ...chip, manner: 'drag' });
      rects = measureSlots(document);
      requestAnimationFrame(follow);
    }
    ghost.moveTo(moved.clientX, moved.clientY);
    hoverWithHand(slotAt(rects, moved.clientX, moved.clientY));
  };
  const stop = () => {
    stopping.abort();
    if (rects) swallowClick();
    rects = null;
  };
  const drop = () => {
    const { hand } = useView.getState();
    stop();
    if (hand?.manner !== 'drag') return;
    takeInHand(null);
    if (hand.over) placeAndFocus(targetsOf(hand.over), chip.operator, chip.variant);
  };
  const cancel = () => {
    stop();
    if (useView.getState().hand?.manner === 'drag') takeInHand(null);
  };
  window.addEventListener('pointermove', move, { signal });
  window.addEventListener('pointerup', drop, { signal });
  window.addEventListener('pointercancel', cancel, { signal });
  window.addEventListener('blur', cancel, { signal });
}

/** At the upper and lower edge of the stage the view moves along; not at once, so that slots there can be hit. */
function panAtEdge(now: number): void {
  const stage = document.querySelector('.stage')?.getBoundingClientRect();
  const inside = stage && ghost.x >= stage.left && ghost.x <= stage.right;
  const above = inside ? stage.top + edge - ghost.y : 0;
  const below = inside ? ghost.y - (stage.bottom - edge) : 0;
  const depth = Math.max(above, below);
  if (depth <= 0 || depth > 2 * edge) {
    atEdgeSince = null;
    return;
  }
  atEdgeSince ??= now;
  if (now - atEdgeSince > restMs) panBy((below > 0 ? depth : -depth) / 4);
}

/** A drop on one of several selected slots means all of them that are of its kind. */
export function targetsOf(over: SlotId): readonly SlotId[] {
  const { selection } = useView.getState();
  if (!selection.includes(over)) return [over];
  return [over, ...selection.filter((slot) => slot !== over && slotKind(slot) === slotKind(over))];
}

/** The release that ends a drag on its own chip is no click. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
}
