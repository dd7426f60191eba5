// An operator's primitives in rows, as wide as the block that they are shown in.
import type { OperatorPicture } from '../../store/pictures.ts';
import { layered } from './layered.ts';

export interface PrimitiveScene {
  readonly cells: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly cellWidth: number;
  readonly wires: readonly { readonly id: string; readonly path: string }[];
  readonly height: number;
}

export const primitiveHeight = 30;
/** Title line above the primitives. */
export const panelHead = 28;
const gapX = 8;
const gapY = 12;
const widestCell = 148;
const bottom = 10;

export function primitiveScene({ nodes, edges }: OperatorPicture, width: number): PrimitiveScene {
  const rows = layered(
    nodes.map((node) => node.id),
    edges,
  );
  const most = Math.max(1, ...rows.map(({ of }) => of));
  const cellWidth = Math.min(widestCell, Math.floor((width - gapX * (most - 1)) / most));
  const pitch = cellWidth + gapX;
  const margin = (width - (most * pitch - gapX)) / 2;
  const cells = new Map(
    rows.map(({ id, row, place, of }) => [
      id,
      { x: margin + ((most - of) / 2 + place) * pitch, y: panelHead + row * (primitiveHeight + gapY) },
    ]),
  );
  const last = Math.max(0, ...rows.map(({ row }) => row));
  const wires = edges.flatMap(({ from, to }) => {
    const [above, below] = [cells.get(from), cells.get(to)];
    if (!above || !below) return [];
    const [x1, y1] = [above.x + cellWidth / 2, above.y + primitiveHeight];
    const [x2, y2] = [below.x + cellWidth / 2, below.y];
    const bend = Math.max(8, (y2 - y1) / 2);
    return [{ id: `${from}-${to}`, path: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}` }];
  });
  const height = panelHead + last * (primitiveHeight + gapY) + primitiveHeight + bottom;
  return { cells, cellWidth, wires, height };
}
