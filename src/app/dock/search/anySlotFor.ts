// A slot that an operator fits, to name the operator by.
import { operatorById } from '../../../operators/index.ts';
import type { SlotId } from '../../../plan/plan.ts';
import type { Candidate } from '../../../plan/search/candidate.ts';
import { slotId } from '../../../plan/slots.ts';

export function anySlotFor({ operator }: Candidate): SlotId {
  return slotId(0, operatorById(operator).kind === 'sequence' ? 'attn' : 'mlp');
}
