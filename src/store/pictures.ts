// Pictures of blocks and operators, derived from their graphs once and remembered.
import { canonicalJson } from '../lib/hash.ts';
import { blockPicture, operatorPicture } from '../models/pictures.ts';
import type { OperatorConfig, Plan, SlotId } from '../plan/plan.ts';
import { slotId } from '../plan/slots.ts';
import type { DitShape } from '../workers/protocol.ts';
import { siteAt } from './costs.ts';

export type BlockPicture = ReturnType<typeof blockPicture>;
export type OperatorPicture = ReturnType<typeof operatorPicture>;

const blocks = new Map<string, BlockPicture>();
const operatorGraphs = new Map<string, OperatorPicture>();

/** The operations of a block, with what its two slots hold. Blocks that hold the same share one picture. */
export function blockGraph(shape: DitShape, slots: Plan['slots'], block: number): BlockPicture {
  const one = { ...shape, depth: 1 };
  const held = {
    [slotId(0, 'attn')]: slots[slotId(block, 'attn')],
    [slotId(0, 'mlp')]: slots[slotId(block, 'mlp')],
  };
  const key = JSON.stringify([one, Object.values(held)]);
  return remember(blocks, key, () => blockPicture(one, { slots: held }, 0));
}

export function operatorGraph(
  shape: DitShape,
  slot: SlotId,
  operator: string,
  config: OperatorConfig,
): OperatorPicture {
  const site = siteAt(shape, slot);
  return remember(operatorGraphs, canonicalJson([operator, config, site]), () =>
    operatorPicture(operator, config, site),
  );
}

function remember<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const before = memory.get(key);
  if (before !== undefined) return before;
  const made = make();
  memory.set(key, made);
  return made;
}
