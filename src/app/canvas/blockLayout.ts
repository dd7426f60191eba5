// An expanded block: its operations in rows of two columns, the first half of the way left, the second half right.
import type { BlockPicture } from '../../store/pictures.ts';
import { layered } from './layered.ts';

export interface OperationBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface BlockScene {
  readonly boxes: readonly OperationBox[];
  readonly wires: readonly string[];
  readonly height: number;
}

const rowPitch = 34;
const boxHeight = 24;
const margin = { left: 34, top: 8, bottom: 10 };
const columnWidth = 244;
const boxInset = 22;

/** Rows above this number stand in one column; longer ways are cut in the middle. */
const longestColumn = 5;

export function blockScene(picture: BlockPicture): BlockScene {
  const cells = layered(
    picture.nodes.map((node) => node.id),
    picture.edges,
  );
  const rows = Math.max(0, ...cells.map(({ row }) => row)) + 1;
  const perColumn = rows > longestColumn ? Math.ceil(rows / 2) : rows;
  const boxes = cells.map(({ id, row, place, of }): OperationBox => {
    const column = Math.floor(row / perColumn);
    const width = (columnWidth - boxInset) / of - (of > 1 ? 4 : 0);
    return {
      id,
      x: margin.left + column * (columnWidth + 4) + boxInset + place * (width + 4),
      y: margin.top + (row % perColumn) * rowPitch,
      width,
      height: boxHeight,
    };
  });
  const at = new Map(boxes.map((box) => [box.id, box]));
  const wires = picture.edges.flatMap(({ from, to }) => wire(at.get(from), at.get(to)) ?? []);
  return { boxes, wires, height: margin.top + perColumn * rowPitch - (rowPitch - boxHeight) + margin.bottom };
}

export function blockHeight(picture: BlockPicture): number {
  return blockScene(picture).height;
}

/** Straight down to the next row; around at the left over more rows; across from the foot to the head of the columns. */
function wire(from: OperationBox | undefined, to: OperationBox | undefined): string | undefined {
  if (!from || !to) return undefined;
  const x1 = from.x + from.width / 2;
  const y1 = from.y + from.height;
  const x2 = to.x + to.width / 2;
  if (to.y > from.y && to.y - from.y <= rowPitch) return `M${x1} ${y1}L${x2} ${to.y}`;
  if (to.y > from.y) {
    const side = Math.min(from.x, to.x) - 9;
    const [top, bottom] = [from.y + from.height / 2, to.y + to.height / 2];
    return `M${from.x} ${top}H${side + 5}a5 5 0 0 0 -5 5V${bottom - 5}a5 5 0 0 0 5 5H${to.x}`;
  }
  const between = (from.x + from.width + to.x) / 2;
  return `M${from.x + from.width} ${from.y + from.height / 2}H${between}V${to.y + to.height / 2}H${to.x}`;
}
