// Selections that people ask for by name; the ratios are the paper's (arXiv 2506.05340 §4, Table 4).
import type { SlotId } from './plan.ts';
import { allSlots, slotId } from './slots.ts';

export interface SelectionPreset {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  slots(depth: number): SlotId[];
}

function attention(depth: number, keep: (block: number) => boolean): SlotId[] {
  return blocks(depth, keep).map((block) => slotId(block, 'attn'));
}

function channel(depth: number, keep: (block: number) => boolean): SlotId[] {
  return blocks(depth, keep).map((block) => slotId(block, 'mlp'));
}

function blocks(depth: number, keep: (block: number) => boolean): number[] {
  return Array.from({ length: depth }, (_, block) => block).filter(keep);
}

export const selectionPresets: readonly SelectionPreset[] = [
  {
    id: 'half-attention',
    label: '50 % interleaved, attention',
    detail: 'blocks 1, 3, 5, …',
    slots: (depth) => attention(depth, (block) => block % 2 === 1),
  },
  {
    id: 'most-attention',
    label: '75 % interleaved, attention',
    detail: 'every block not divisible by 4',
    slots: (depth) => attention(depth, (block) => block % 4 !== 0),
  },
  {
    id: 'half-channel',
    label: '50 % interleaved, MLP',
    detail: 'blocks 1, 3, 5, …',
    slots: (depth) => channel(depth, (block) => block % 2 === 1),
  },
  {
    id: 'most-channel',
    label: '75 % interleaved, MLP',
    detail: 'every block not divisible by 4',
    slots: (depth) => channel(depth, (block) => block % 4 !== 0),
  },
  {
    id: 'all-attention',
    label: 'All attention slots',
    detail: 'every block',
    slots: (depth) => attention(depth, () => true),
  },
  {
    id: 'all-channel',
    label: 'All MLP slots',
    detail: 'every block',
    slots: (depth) => channel(depth, () => true),
  },
  {
    id: 'last-half-attention',
    label: 'Last half, attention',
    detail: 'the deeper half of the blocks',
    slots: (depth) => attention(depth, (block) => block >= depth / 2),
  },
  { id: 'all', label: 'Every slot', detail: 'attention and MLP', slots: allSlots },
];
