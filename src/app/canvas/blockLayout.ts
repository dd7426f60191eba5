// Inside a block: two slots in a row; expanded, each slot in its branch, from norm to sum, with the residual stream around.
import type { BlockPicture } from '../../store/pictures.ts';
import { indexWidth, rowHeight } from './layout.ts';

export interface OperationBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface BlockScene {
  readonly operations: readonly OperationBox[];
  readonly slots: Readonly<Record<'attn' | 'mlp', OperationBox>>;
  readonly wires: readonly string[];
  /** Of the whole block. */
  readonly height: number;
}

const slotHeight = 32;
const between = 3;
/** How far inside its branch an operation stands: the residual stream passes at the left. */
const inset = 20;
const operationHeight = 22;
const sumSize = 18;
const space = 8;
const bottom = 10;

/** A branch from top to bottom; `slot` is the operator, `sum` where the residual stream takes it up. */
const template = ['norm', 'modulate', 'slot', 'gate', 'sum'] as const;
const heights: Readonly<Record<(typeof template)[number], number>> = {
  norm: operationHeight,
  modulate: operationHeight,
  slot: slotHeight,
  gate: operationHeight,
  sum: sumSize,
};

export function slotsInRow(width: number): BlockScene['slots'] {
  const { left, column } = columns(width);
  const y = (rowHeight - slotHeight) / 2;
  const slot = (id: 'attn' | 'mlp', at: number) => ({
    id,
    x: left(at),
    y,
    width: column,
    height: slotHeight,
  });
  return { attn: slot('attn', 0), mlp: slot('mlp', 1) };
}

function columns(width: number) {
  const column = (width - indexWidth - between - 4) / 2;
  return { column, left: (at: number) => indexWidth + at * (column + between) };
}

/** What of the picture the template does not name stands below it, in rows of its own. */
export function blockScene(picture: Pick<BlockPicture, 'nodes'>, width: number): BlockScene {
  const ids = new Set(picture.nodes.map((node) => node.id));
  const { left, column } = columns(width);
  const operations: OperationBox[] = [];
  const wires: string[] = [];
  let top = rowHeight;
  const isModulated = ids.delete('adaLN_modulation');
  if (isModulated) {
    const full = 2 * column + between - inset - 4;
    operations.push({
      id: 'adaLN_modulation',
      x: left(0) + inset,
      y: top,
      width: full,
      height: operationHeight,
    });
    top += operationHeight + 2 * space;
  }
  const branch = (part: 'attn' | 'mlp', at: number) => {
    const x = left(at) + inset;
    const wide = column - inset - 4;
    const middle = x + wide / 2;
    let y = top + space;
    let above = top - space / 2;
    let slot = slotsInRow(width)[part];
    for (const name of template) {
      const id = name === 'slot' ? part : `${part}.${name === 'sum' ? 'residual' : name}`;
      if (!ids.delete(id)) continue;
      const box = { id, x, y, width: wide, height: heights[name] };
      wires.push(`M${middle} ${above}V${y}`);
      if (name === 'slot') slot = box;
      else if (name === 'sum') operations.push({ ...box, x: middle - sumSize / 2, width: sumSize });
      else operations.push(box);
      above = y + box.height;
      y = above + space;
    }
    // The residual stream leaves above the norm and comes back at the sum.
    const side = left(at) + inset / 2;
    const start = top - space / 2;
    wires.push(
      `M${middle} ${start}H${side + 5}a5 5 0 0 0 -5 5V${above - sumSize / 2 - 5}a5 5 0 0 0 5 5H${middle - sumSize / 2}`,
    );
    return { slot, foot: above, middle };
  };
  const attn = branch('attn', 0);
  const mlp = branch('mlp', 1);
  // From the sum of the first branch up to the head of the second.
  const gutter = left(1) - 1;
  wires.push(
    `M${attn.middle + sumSize / 2} ${attn.foot - sumSize / 2}H${gutter - 5}a5 5 0 0 0 5 -5V${top - space / 2 + 5}a5 5 0 0 1 5 -5H${mlp.middle}`,
  );
  let foot = Math.max(attn.foot, mlp.foot) + bottom;
  for (const id of ids) {
    operations.push({ id, x: left(0) + inset, y: foot, width: 2 * column - inset, height: operationHeight });
    foot += operationHeight + space;
  }
  return { operations, slots: { attn: attn.slot, mlp: mlp.slot }, wires, height: foot };
}
