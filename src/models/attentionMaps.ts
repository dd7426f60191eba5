// The softmax maps of a DiT's attention slots, for measuring how local they are.
import { type Node, scoped } from '../graph/index.ts';
import { attentionMap, projectHeads } from '../operators/attention.ts';
import type { SlotId } from '../plan/plan.ts';
import type { DitTrace, Weights } from './dit.ts';
import type { DitShape } from './shape.ts';

/** Maps [B, H, N, N] of every block's own attention, by slot; the slots must hold full attention (`mha`). */
export function attentionMaps(shape: DitShape, w: Weights, trace: DitTrace): ReadonlyMap<SlotId, Node> {
  const maps = new Map<SlotId, Node>();
  for (const [slot, { input }] of trace.slots) {
    if (!slot.endsWith('.attn')) continue;
    const qkv = (part: string) => w(`${slot}.qkv.${part}`);
    const heads = () => projectHeads(input, qkv('weight'), qkv('bias'), shape.heads);
    maps.set(
      slot,
      scoped(slot, () => attentionMap(heads())),
    );
  }
  return maps;
}
