// Where everything on the canvas stands: columns of blocks, depth downwards, the conditioning rail at their right. Pure, O(n).
import type { Side } from '../../store/viewStore.ts';

export type BoxType = 'head' | 'block' | 'pill' | 'rail' | 'depth';

export interface Box {
  readonly id: string;
  readonly type: BoxType;
  readonly side: Side;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Index of a block; −1 elsewhere. */
  readonly block: number;
}

/** How wide a model is drawn. */
export interface Measures {
  readonly block: number;
  readonly rail: number;
}

export const wide: Measures = { block: 532, rail: 76 };
/** Two models beside each other. */
export const narrow: Measures = { block: 364, rail: 58 };

export const rowHeight = 40;
export const indexWidth = 31;
const gap = 8;
const pillWidth = 216;
const pillHeight = 24;
const headHeight = 36;
const sideGap = 20;
const depthGap = 20;
const depthWidth = 200;

/** The spine runs between the two slots. */
export function spineOf({ block }: Measures): number {
  return (block + indexWidth - 4) / 2;
}

export interface Model {
  readonly side: Side;
  readonly depth: number;
  /** What is added to a block's row when it is expanded; 0 when it is not. */
  height(block: number): number;
}

/** One model, or two beside each other, and the chart along their depth at the right. */
export function layout(models: readonly Model[]): Box[] {
  const measures = models.length > 1 ? narrow : wide;
  const boxes: Box[] = [];
  let x = 0;
  for (const model of models) {
    boxes.push(...column(model, measures, x));
    x += measures.block + measures.rail + sideGap;
  }
  const last = models[models.length - 1];
  const bottom = Math.max(0, ...boxes.map((box) => box.y + box.height));
  if (last) {
    const chart = { id: 'depth', type: 'depth', side: last.side, block: -1 } as const;
    boxes.push({ ...chart, x: x - sideGap + depthGap, y: 0, width: depthWidth, height: bottom });
  }
  return boxes;
}

function column({ side, depth, height }: Model, { block: width, rail }: Measures, x: number): Box[] {
  const pillX = x + spineOf({ block: width, rail }) - pillWidth / 2;
  const pill = { type: 'pill', side, x: pillX, width: pillWidth, height: pillHeight, block: -1 } as const;
  const boxes: Box[] = [];
  let y = 0;
  if (side !== 'only') {
    boxes.push({ id: `${side}:head`, type: 'head', side, x, y, width, height: headHeight - gap, block: -1 });
    y += headHeight;
  }
  const top = y;
  boxes.push({ id: nodeId(side, 'embed'), y, ...pill });
  y += pillHeight + gap;
  for (let block = 0; block < depth; block++) {
    const tall = rowHeight + height(block);
    boxes.push({ id: blockNode(block, side), type: 'block', side, x, y, width, height: tall, block });
    y += tall + gap;
  }
  boxes.push({ id: nodeId(side, 'final'), y, ...pill });
  const lastRow = boxes.findLast((box) => box.type === 'block')?.y ?? top;
  boxes.push({
    id: nodeId(side, 'rail'),
    type: 'rail',
    side,
    x: x + width,
    y: top,
    width: rail,
    height: lastRow + rowHeight / 2 - top,
    block: -1,
  });
  return boxes;
}

export function blockNode(block: number, side: Side = 'only'): string {
  return nodeId(side, `block-${block}`);
}

function nodeId(side: Side, name: string): string {
  return side === 'only' ? name : `${side}:${name}`;
}

/** Middle of every block's row, by block, for what is drawn beside them. */
export function rowMiddles(boxes: readonly Box[], side: Side): number[] {
  return boxes.filter((box) => box.type === 'block' && box.side === side).map((box) => box.y + rowHeight / 2);
}
