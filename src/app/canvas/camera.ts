// The camera of the canvas, for whoever wants to move it. The only file besides Canvas that knows React Flow's view.
import type { ReactFlowInstance } from '@xyflow/react';
import type { SlotId } from '../../plan/plan.ts';
import { slotBlock } from '../../plan/slots.ts';

let flow: ReactFlowInstance | null = null;

export function setCamera(instance: ReactFlowInstance | null): void {
  flow = instance;
}

/** Below this, text is too small to read: the view then shows the top of the model and is panned. */
const smallestReadable = 0.86;

function duration(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 280;
}

export function fitAll(): void {
  void flow?.fitView({ padding: 0.06, maxZoom: 1, duration: duration() });
}

/** First view: everything if it stays readable, else the width, from the top. */
export function fitReadable(stage: { readonly width: number; readonly height: number }): void {
  if (!flow) return;
  const bounds = flow.getNodesBounds(flow.getNodes());
  const margin = 16;
  const whole = Math.min(
    (stage.width - 2 * margin) / bounds.width,
    (stage.height - 2 * margin) / bounds.height,
    1,
  );
  const zoom = Math.max(whole, Math.min(smallestReadable, (stage.width - 2 * margin) / bounds.width));
  const y =
    bounds.height * zoom > stage.height - 2 * margin ? margin : (stage.height - bounds.height * zoom) / 2;
  void flow.setViewport({
    x: (stage.width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: y - bounds.y * zoom,
    zoom,
  });
}

export function fitSlots(blocks: readonly number[]): void {
  const nodes = blocks.map((block) => ({ id: `block-${block}` }));
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

/** Puts the keyboard on a slot and brings it into view if it is outside. */
export function reveal(slot: SlotId): void {
  const element = document.querySelector<HTMLElement>(`[data-slot="${slot}"]`);
  const stage = document.querySelector('[data-canvas]');
  if (!element || !stage) return;
  element.focus({ preventScroll: true });
  const at = element.getBoundingClientRect();
  const view = stage.getBoundingClientRect();
  if (at.top < view.top || at.bottom > view.bottom) centre(slotBlock(slot));
}

function centre(block: number): void {
  const node = flow?.getNode(`block-${block}`);
  if (!flow || !node) return;
  const x = node.position.x + (node.width ?? 0) / 2;
  const y = node.position.y + (node.height ?? 0) / 2;
  void flow.setCenter(x, y, { zoom: flow.getZoom(), duration: duration() });
}
