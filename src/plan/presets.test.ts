import { describe, expect, it } from 'vitest';
import { known } from '../lib/errors.ts';
import { selectionPresets } from './presets.ts';
import { allSlots, slotBlock } from './slots.ts';

function blocksOf(id: string, depth: number): number[] {
  const preset = known(
    selectionPresets.find((candidate) => candidate.id === id),
    id,
  );
  return preset.slots(depth).map(slotBlock);
}

describe('selection presets', () => {
  it('take the blocks of the paper’s 50 % and 75 % (DiT-XL, 28 blocks)', () => {
    expect(blocksOf('half-attention', 28)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27]);
    expect(blocksOf('most-attention', 28)).toHaveLength(21);
    expect(blocksOf('most-attention', 28)).not.toContain(24);
  });

  it('take the deeper half, the larger one of odd depths left out', () => {
    expect(blocksOf('last-half-attention', 8)).toEqual([4, 5, 6, 7]);
    expect(blocksOf('last-half-attention', 5)).toEqual([3, 4]);
  });

  it('only name slots that exist, once each', () => {
    for (const preset of selectionPresets) {
      const slots = preset.slots(5);
      expect(new Set(slots).size).toBe(slots.length);
      expect(allSlots(5)).toEqual(expect.arrayContaining(slots));
    }
  });
});
