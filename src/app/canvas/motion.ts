// Expanding and collapsing: the block that was clicked stays where it is on screen, everything else moves to its new place.
import { moveView } from './camera.ts';
import type { Box } from './layout.ts';

const travelMs = 280;
const swapMs = 200;
const easing = 'cubic-bezier(0.2, 0, 0, 1)';

/** How far the anchor's top moved down between two layouts, in canvas units. */
export function anchorShift(before: readonly Box[], after: readonly Box[], anchor: number): number {
  const top = (boxes: readonly Box[]) => boxes.find((box) => box.block === anchor)?.y;
  const [was, is] = [top(before), top(after)];
  return was === undefined || is === undefined ? 0 : is - was;
}

/** Where each box that stays comes from, relative to its new place and as seen on screen: the anchor from nowhere. */
export function travels(before: readonly Box[], after: readonly Box[], anchor: number): Map<string, number> {
  const shift = anchorShift(before, after, anchor);
  const was = new Map(before.map((box) => [box.id, box.y]));
  return new Map(
    after.flatMap((box) => {
      const from = was.get(box.id);
      const distance = from === undefined ? 0 : from - box.y + shift;
      return distance === 0 ? [] : [[box.id, distance] as const];
    }),
  );
}

/** Plays the change in `stage`; React Flow has its new nodes already. */
export function playLayout(
  stage: HTMLElement,
  before: readonly Box[],
  after: readonly Box[],
  anchor: number,
): void {
  moveView(-anchorShift(before, after, anchor));
  if (isStill()) return;
  const distances = travels(before, after, anchor);
  for (const node of stage.querySelectorAll<HTMLElement>('.react-flow__node')) {
    const distance = distances.get(node.dataset.id ?? '');
    const content = node.firstElementChild;
    if (distance === undefined || !content) continue;
    content.animate([{ transform: `translateY(${distance}px)` }, { transform: 'none' }], {
      duration: travelMs,
      easing,
    });
  }
}

/**
 * A slot that holds another operator: its face comes up into place while its fill melts from what it was, the accent of
 * a drop or the fill of a graft that gives way to the teacher.
 */
export function playSwap(slot: HTMLElement, to: 'graft' | 'teacher'): void {
  if (isStill()) return;
  const timing = { duration: swapMs, easing };
  slot.animate([{ backgroundColor: to === 'graft' ? 'var(--graft)' : 'var(--graft-fill)' }, {}], timing);
  for (const part of slot.querySelectorAll(':scope > .icon, :scope > .title'))
    part.animate([{ opacity: 0, transform: 'translateY(6px)' }, {}], timing);
}

function isStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
