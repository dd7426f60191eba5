// Change of an expanded block's multiply-adds against the pretrained block, in its header.
import type { Plan } from '../../plan/plan.ts';
import { slotId } from '../../plan/slots.ts';
import { slotCost } from '../../store/costs.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { percentText } from '../format/numbers.ts';

interface Props {
  readonly block: number;
  readonly slots: Plan['slots'];
  readonly shape: DitShape;
}

export function BlockCost({ block, slots, shape }: Props) {
  const both = [slotId(block, 'attn'), slotId(block, 'mlp')];
  const total = (held: (slot: (typeof both)[number]) => Plan['slots'][(typeof both)[number]]) =>
    both.reduce((sum, slot) => sum + slotCost(shape, slot, held(slot)).macs, 0);
  const isGrafted = both.some((slot) => slots[slot]);
  return (
    <div className="block-head">
      <span>Block {block}</span>
      {isGrafted && (
        <span className="badge">
          {percentText(
            total((slot) => slots[slot]),
            total(() => undefined),
          )}{' '}
          MACs
        </span>
      )}
    </div>
  );
}
