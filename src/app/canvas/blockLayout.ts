// An expanded block: what conditions it on top, then its two branches side by side, each from its norm to its sum.
import type { BlockPicture } from '../../store/pictures.ts';
import { type Cell, layered } from './layered.ts';

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

const rowPitch = 36;
const boxHeight = 26;
const left = 56;
const top = 6;
const bottom = 10;
const columnWidth = 212;
const gutter = 34;
/** How far beside a box a wire runs that passes others. */
const aside = 10;

export function blockScene(picture: BlockPicture): BlockScene {
  const ids = picture.nodes.map((node) => node.id);
  const cells = layered(ids, picture.edges);
  // The head is read by several others and reads nothing: the modulation by timestep and class.
  const head = cells.find(
    (cell) => cell.row === 0 && picture.edges.filter((edge) => edge.from === cell.id).length > 1,
  );
  const ways = cells.filter((cell) => cell !== head);
  const firstRow = Math.min(...ways.map((cell) => cell.row));
  const perColumn = Math.max(1, Math.ceil((Math.max(...ways.map((cell) => cell.row)) - firstRow + 1) / 2));
  const headRows = head ? 1 : 0;
  const boxes = ways.map((cell) => columnBox(cell, cell.row - firstRow, perColumn, headRows));
  if (head)
    boxes.unshift({ id: head.id, x: left, y: top, width: 2 * columnWidth + gutter, height: boxHeight });
  const at = new Map(boxes.map((box) => [box.id, box]));
  const wires = picture.edges.flatMap(({ from, to }) => wire(at.get(from), at.get(to)) ?? []);
  return { boxes, wires, height: top + (headRows + perColumn - 1) * rowPitch + boxHeight + bottom };
}

export function blockHeight(picture: BlockPicture): number {
  return blockScene(picture).height;
}

function columnBox(cell: Cell, row: number, perColumn: number, headRows: number): OperationBox {
  const column = Math.floor(row / perColumn);
  const width = columnWidth / cell.of;
  return {
    id: cell.id,
    x: left + column * (columnWidth + gutter) + cell.place * width,
    y: top + (headRows + (row % perColumn)) * rowPitch,
    width: width - (cell.of > 1 ? 4 : 0),
    height: boxHeight,
  };
}

/** Down to the next row; beside the boxes over several rows; through the gutter from one column into the other. */
function wire(from: OperationBox | undefined, to: OperationBox | undefined): string | undefined {
  if (!from || !to) return undefined;
  const foot = from.y + from.height;
  const middle = to.y + to.height / 2;
  const isHead = from.width > columnWidth;
  const sameColumn = isHead || from.x === to.x;
  if (sameColumn && to.y - from.y <= rowPitch) return `M${to.x + to.width / 2} ${foot}V${to.y}`;
  if (isHead) {
    // The head's wires run at the outer sides, the gutter stays with the residual stream.
    const isLeft = to.x === from.x;
    const side = isLeft ? to.x + aside : to.x + to.width - aside;
    return `M${side} ${foot}V${to.y}`;
  }
  const between = from.x + from.width + gutter / 2;
  return `M${from.x + from.width} ${from.y + from.height / 2}H${between}V${middle}H${to.x}`;
}
