// The camera of the canvas, for whoever wants to move it. The only file besides Canvas that knows React Flow's view.
import type { ReactFlowInstance, Viewport } from '@xyflow/react';
import type { SlotId } from '../../plan/plan.ts';
import { slotBlock } from '../../plan/slots.ts';
import { useView } from '../../store/viewStore.ts';
import { blockNode } from './layout.ts';

let flow: ReactFlowInstance | null = null;

export function setCamera(instance: ReactFlowInstance | null): void {
  flow = instance;
}

/** Below this, text is too small to read: the view then shows the top of the model and is panned. */
const smallestReadable = 0.8;

function duration(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 280;
}

/** Without the chart along the depth while no lens fills it. */
function shownNodes() {
  const { lens, split } = useView.getState();
  const hasChart = lens !== 'structure' && split === null;
  return (flow?.getNodes() ?? []).filter((node) => node.type !== 'depth' || hasChart);
}

export function fitAll(): void {
  void flow?.fitView({ nodes: shownNodes(), padding: 0.06, maxZoom: 1, duration: duration() });
}

/** True from a fit until a person moves the view: only then may it be fitted again without being asked. */
let isHome = false;

export function viewWasMoved(): void {
  isHome = false;
}

/** As `fitReadable`, where nobody has chosen another view since. */
export function keepFitted(manner: 'at once' | 'travel'): void {
  if (isHome) fitReadable(manner);
}

/** Everything if it stays readable, else the width, from the top. */
export function fitReadable(manner: 'at once' | 'travel' = 'at once'): void {
  const stage = document.querySelector('.stage');
  if (!flow || !stage) return;
  const { width, height } = stage.getBoundingClientRect();
  const bounds = flow.getNodesBounds(shownNodes());
  const margin = 16;
  const inWidth = (width - 2 * margin) / bounds.width;
  const whole = Math.min(inWidth, (height - 2 * margin) / bounds.height, 1);
  const zoom = Math.max(whole, Math.min(smallestReadable, inWidth));
  const isTall = bounds.height * zoom > height - 2 * margin;
  const y = isTall ? margin : (height - bounds.height * zoom) / 2;
  const view = {
    x: (width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: y - bounds.y * zoom,
    zoom,
  };
  isHome = true;
  void flow.setViewport(view, { duration: manner === 'travel' ? duration() : 0 });
}

export function fitSlots(blocks: readonly number[]): void {
  const wanted = new Set(blocks);
  const nodes = (flow?.getNodes() ?? []).filter((node) => wanted.has(Number(node.data.block)));
  void flow?.fitView({ nodes, padding: 0.2, maxZoom: 1.2, duration: duration() });
}

export function zoomBy(factor: number): void {
  if (flow) void flow.zoomTo(flow.getZoom() * factor, { duration: duration() / 2 });
}

/** Moves the view by screen pixels, as a chip held at the edge of the stage asks for. */
export function panBy(y: number): void {
  if (!flow) return;
  const { x, y: at, zoom } = flow.getViewport();
  void flow.setViewport({ x, y: at - y, zoom });
}

/** Moves everything on screen down by a distance in canvas units, at once. */
export function moveView(distance: number): void {
  if (!flow || distance === 0) return;
  const { x, y, zoom } = flow.getViewport();
  isHome = false;
  void flow.setViewport({ x, y: y + distance * zoom, zoom });
}

export function viewNow(): Viewport | null {
  return flow?.getViewport() ?? null;
}

export function goToView(view: Viewport): void {
  void flow?.setViewport(view, { duration: duration() });
}

/** Flies to a slot and puts the keyboard on it. */
export function flyTo(slot: SlotId): void {
  document.querySelector<HTMLElement>(slotSelector(slot))?.focus({ preventScroll: true });
  centre(slotBlock(slot), Math.max(flow?.getZoom() ?? 1, smallestReadable));
}

/** Puts the keyboard on a slot and brings it into view if it is outside. */
export function reveal(slot: SlotId): void {
  const element = document.querySelector<HTMLElement>(slotSelector(slot));
  const stage = document.querySelector('.stage');
  if (!element || !stage) return;
  element.focus({ preventScroll: true });
  const at = element.getBoundingClientRect();
  const view = stage.getBoundingClientRect();
  if (at.top < view.top || at.bottom > view.bottom) centre(slotBlock(slot), flow?.getZoom() ?? 1);
}

function slotSelector(slot: SlotId): string {
  return `[data-slot="${slot}"]`;
}

function centre(block: number, zoom: number): void {
  const node = flow?.getNode(blockNode(block)) ?? flow?.getNode(blockNode(block, 'right'));
  if (!flow || !node) return;
  const x = node.position.x + (node.width ?? 0) / 2;
  const y = node.position.y + Math.min(node.height ?? 0, 300) / 2;
  void flow.setCenter(x, y, { zoom, duration: duration() });
}
