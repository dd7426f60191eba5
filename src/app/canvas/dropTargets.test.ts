import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotId } from '../../plan/slots.ts';
import { type SlotRect, slotAt } from './dropTargets.ts';

const rects: SlotRect[] = Array.from({ length: 12 }, (_, block) => [
  { slot: slotId(block, 'attn'), left: 100, right: 300, top: block * 50, bottom: block * 50 + 40 },
  { slot: slotId(block, 'mlp'), left: 303, right: 500, top: block * 50, bottom: block * 50 + 40 },
]).flat();

describe('slotAt', () => {
  it('finds the slot under the pointer, as a plain search does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: -20, max: 700 }), (x, y) => {
        const plain = rects.find(
          (rect) => x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom,
        );
        expect(slotAt(rects, x, y)).toBe(plain?.slot ?? null);
      }),
    );
  });

  it('finds nothing on an empty canvas', () => {
    expect(slotAt([], 10, 10)).toBeNull();
  });
});
