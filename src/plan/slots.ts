// Slot ids: how they are written, read, ordered and named.
import type { SlotId, SlotKind } from './plan.ts';

export type SlotPart = 'attn' | 'mlp';

export interface SlotPlace {
  readonly block: number;
  readonly part: SlotPart;
}

const pattern = /^blocks\.(0|[1-9]\d{0,3})\.(attn|mlp)$/;

/** The block and part that a text names, or undefined when it is no slot id. */
export function parseSlotId(text: string): SlotPlace | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  return { block: Number(match[1]), part: match[2] === 'attn' ? 'attn' : 'mlp' };
}

export function isSlotId(text: string): text is SlotId {
  return pattern.test(text);
}

export function slotId(block: number, part: SlotPart): SlotId {
  return `blocks.${block}.${part}`;
}

export function slotBlock(slot: SlotId): number {
  return Number(slot.split('.')[1]);
}

export function slotPart(slot: SlotId): SlotPart {
  return slot.endsWith('.attn') ? 'attn' : 'mlp';
}

export function slotKind(slot: SlotId): SlotKind {
  return slotPart(slot) === 'attn' ? 'sequence' : 'channel';
}

/** `Block 7 attention`, for sentences, labels and screen readers. */
export function slotLabel(slot: SlotId): string {
  return `Block ${slotBlock(slot)} ${slotPart(slot) === 'attn' ? 'attention' : 'MLP'}`;
}

/** `7 attn`, for tables and tiles. */
export function slotShortLabel(slot: SlotId): string {
  return `${slotBlock(slot)} ${slotPart(slot) === 'attn' ? 'attn' : 'MLP'}`;
}

/** Depth first, attention before MLP: the order in which data meets them. */
export function compareSlots(a: SlotId, b: SlotId): number {
  return slotBlock(a) - slotBlock(b) || slotPart(a).localeCompare(slotPart(b));
}

export function allSlots(depth: number): SlotId[] {
  return Array.from({ length: depth }, (_, block) => [slotId(block, 'attn'), slotId(block, 'mlp')]).flat();
}

/** What a kind of slot mixes, for sentences. */
export const mixes: Readonly<Record<SlotKind, string>> = { sequence: 'tokens', channel: 'channels' };
