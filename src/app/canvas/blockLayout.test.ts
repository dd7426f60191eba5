import { describe, expect, it } from 'vitest';
import { blockPicture } from '../../models/pictures.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { testModel } from '../../store/testing.ts';
import { blockScene } from './blockLayout.ts';
import { blockWidth } from './layout.ts';

describe('blockScene', () => {
  const picture = blockPicture(testModel.config, emptyPlan('m'), 3);
  const { boxes, height } = blockScene(picture);

  it('shows every operation of the block, inside of it', () => {
    expect(boxes.map((box) => box.id).sort()).toEqual(picture.nodes.map((node) => node.id).sort());
    for (const box of boxes) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(blockWidth);
      expect(box.y + box.height).toBeLessThanOrEqual(height);
    }
  });

  it('stands both branches side by side, slot beside slot', () => {
    const attention = boxes.find((box) => box.id === 'attn');
    const mlp = boxes.find((box) => box.id === 'mlp');
    expect(attention?.y).toBe(mlp?.y);
    expect(attention?.x).toBeLessThan(mlp?.x ?? 0);
  });

  it('overlaps nothing', () => {
    for (const a of boxes) {
      for (const b of boxes) {
        if (a === b) continue;
        const apart =
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.id} and ${b.id}`).toBe(true);
      }
    }
  });
});
