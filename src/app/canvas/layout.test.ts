import { describe, expect, it } from 'vitest';
import { type Box, layout, narrow, rowHeight, rowMiddles, wide } from './layout.ts';

const one = (depth: number, height: (block: number) => number = () => 0) =>
  layout([{ side: 'only', depth, height }]);

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('layout', () => {
  const collapsed = one(8);

  it('overlaps nothing, alone or beside another model', () => {
    const model = { depth: 5, height: (block: number) => block * 30 };
    for (const boxes of [
      one(8),
      layout([
        { side: 'left', ...model },
        { side: 'right', ...model },
      ]),
    ]) {
      for (const a of boxes)
        for (const b of boxes) if (a !== b) expect(overlap(a, b), `${a.id} ${b.id}`).toBe(false);
    }
  });

  it('moves only what lies below an expanded block', () => {
    const expanded = one(8, (block) => (block === 3 ? 200 : 0));
    collapsed.forEach((box, at) => {
      const shift = (expanded[at]?.y ?? 0) - box.y;
      expect(shift).toBe(box.block > 3 || box.id === 'final' ? 200 : 0);
    });
  });

  it('stands the blocks of both halves beside each other, under ids of their own', () => {
    const model = { depth: 3, height: () => 0 };
    const boxes = layout([
      { side: 'left', ...model },
      { side: 'right', ...model },
    ]);
    expect(rowMiddles(boxes, 'left')).toEqual(rowMiddles(boxes, 'right'));
    expect(new Set(boxes.map((box) => box.id)).size).toBe(boxes.length);
    expect(boxes.find((box) => box.id === 'left:block-0')?.width).toBe(narrow.block);
    expect(collapsed.find((box) => box.id === 'block-0')?.width).toBe(wide.block);
  });

  it('has the rail and the chart along the whole depth', () => {
    const rows = rowMiddles(collapsed, 'only');
    const rail = collapsed.find((box) => box.type === 'rail');
    expect((rail?.y ?? 0) + (rail?.height ?? 0)).toBe(rows[rows.length - 1]);
    const chart = collapsed.find((box) => box.type === 'depth');
    expect(chart?.height).toBe(
      Math.max(...collapsed.filter((box) => box !== chart).map((box) => box.y + box.height)),
    );
    expect(rowMiddles(collapsed, 'only')).toHaveLength(8);
    expect((rowMiddles(collapsed, 'only')[1] ?? 0) - (rowMiddles(collapsed, 'only')[0] ?? 0)).toBe(
      rowHeight + 8,
    );
  });

  it('takes less than a millisecond for the largest published DiT', () => {
    one(28);
    const start = performance.now();
    for (let run = 0; run < 100; run++) one(28, () => 140);
    expect((performance.now() - start) / 100).toBeLessThan(1);
  });
});
