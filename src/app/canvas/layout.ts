// Where everything on the canvas stands: one column, depth downwards, the conditioning rail at its right. Pure and O(n).
export interface Box {
  readonly id: string;
  readonly type: 'block' | 'pill' | 'rail';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Index of a block; −1 elsewhere. */
  readonly block: number;
}

export const blockWidth = 532;
export const rowHeight = 46;
const gap = 8;
const pillWidth = 232;
const pillHeight = 24;
const railWidth = 76;
/** The spine runs between the two slots: the index column takes 31 of the 532 px. */
export const spine = blockWidth / 2 + 15.5;

/** @param operationsHeight height of a block's operations when it is expanded; 0 when it is not. */
export function layout(depth: number, operationsHeight: (block: number) => number): Box[] {
  const pillX = spine - pillWidth / 2;
  const boxes: Box[] = [
    { id: 'embed', type: 'pill', x: pillX, y: 0, width: pillWidth, height: pillHeight, block: -1 },
  ];
  let y = pillHeight + gap;
  for (let block = 0; block < depth; block++) {
    const height = rowHeight + operationsHeight(block);
    boxes.push({ id: blockNode(block), type: 'block', x: 0, y, width: blockWidth, height, block });
    y += height + gap;
  }
  boxes.push({ id: 'final', type: 'pill', x: pillX, y, width: pillWidth, height: pillHeight, block: -1 });
  boxes.push({
    id: 'rail',
    type: 'rail',
    x: blockWidth,
    y: 0,
    width: railWidth,
    height: y + pillHeight,
    block: -1,
  });
  return boxes;
}

export function blockNode(block: number): string {
  return `block-${block}`;
}

/** The spine, box to box. */
export function spineEdges(
  depth: number,
): { readonly id: string; readonly source: string; readonly target: string }[] {
  const stops = ['embed', ...Array.from({ length: depth }, (_, block) => blockNode(block)), 'final'];
  return stops.slice(1).map((target, at) => ({ id: `spine-${at}`, source: stops[at] ?? 'embed', target }));
}

/** Heights at which the rail taps the blocks: the middle of each block's row. */
export function railTaps(boxes: readonly Box[]): number[] {
  return boxes.filter((box) => box.type === 'block').map((box) => box.y + rowHeight / 2);
}
