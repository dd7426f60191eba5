import { describe, expect, it } from 'vitest';
import { blockPicture } from '../../models/pictures.ts';
import { testModel } from '../../store/testing.ts';
import { blockScene, slotsInRow } from './blockLayout.ts';
import { narrow, wide } from './layout.ts';

describe('blockScene', () => {
  const picture = blockPicture(testModel.config, { slots: {} }, 3);

  it.each([wide, narrow])('shows every operation of the block, inside of it', ({ block: width }) => {
    const { operations, slots, height } = blockScene(picture, width);
    const boxes = [...operations, ...Object.values(slots)];
    expect(boxes.map((box) => box.id).sort()).toEqual(picture.nodes.map((node) => node.id).sort());
    for (const box of boxes) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + box.height).toBeLessThanOrEqual(height);
    }
    for (const a of boxes) {
      for (const b of boxes) {
        if (a === b) continue;
        const apart =
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.id} and ${b.id}`).toBe(true);
      }
    }
  });

  it('stands both branches side by side, from norm to sum', () => {
    const { operations, slots } = blockScene(picture, wide.block);
    const y = (id: string) => operations.find((box) => box.id === id)?.y ?? Number.NaN;
    expect(slots.attn.y).toBe(slots.mlp.y);
    expect(slots.attn.x).toBeLessThan(slots.mlp.x);
    for (const part of ['attn', 'mlp'] as const) {
      const order = [
        y(`${part}.norm`),
        y(`${part}.modulate`),
        slots[part].y,
        y(`${part}.gate`),
        y(`${part}.residual`),
      ];
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it('gives what the template does not name a row of its own', () => {
    const extra = { id: 'cross', label: 'Cross', detail: '', cost: { parameters: 0, macs: 0, bytes: 0 } };
    const { operations, height } = blockScene({ nodes: [...picture.nodes, extra] }, wide.block);
    const box = operations.find(({ id }) => id === 'cross');
    expect(box && box.y + box.height <= height).toBe(true);
  });

  it('stands both slots in one row while it is collapsed', () => {
    const { attn, mlp } = slotsInRow(wide.block);
    expect([attn.y, attn.width]).toEqual([mlp.y, mlp.width]);
    expect(attn.x + attn.width).toBeLessThanOrEqual(mlp.x);
  });
});
