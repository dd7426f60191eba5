import { describe, expect, it } from 'vitest';
import {
  allSlots,
  compareSlots,
  isSlotId,
  parseSlotId,
  slotBlock,
  slotId,
  slotKind,
  slotLabel,
  slotPart,
} from './slots.ts';

describe('slot ids', () => {
  it('read what they write', () => {
    for (const slot of allSlots(13)) {
      expect(parseSlotId(slot)).toEqual({ block: slotBlock(slot), part: slotPart(slot) });
      expect(slotId(slotBlock(slot), slotPart(slot))).toBe(slot);
    }
  });

  it('refuse everything else', () => {
    for (const text of [
      '',
      'blocks.3',
      'blocks.03.attn',
      'blocks.-1.mlp',
      'blocks.3.attn ',
      'blocks.99999.mlp',
      '__proto__',
    ]) {
      expect(isSlotId(text), text).toBe(false);
      expect(parseSlotId(text), text).toBeUndefined();
    }
  });

  it('order by depth, attention first', () => {
    expect([...allSlots(12)].reverse().sort(compareSlots)).toEqual(allSlots(12));
  });

  it('tell what they mix and what they are called', () => {
    expect(slotKind('blocks.7.attn')).toBe('sequence');
    expect(slotKind('blocks.7.mlp')).toBe('channel');
    expect(slotLabel('blocks.7.attn')).toBe('Block 7 attention');
    expect(slotLabel('blocks.11.mlp')).toBe('Block 11 MLP');
  });
});
