// What an operator's weights are generated for: an edit (operator, its settings, the layer) and a slice of the data. It
// takes the place of a translator's concept (spec §3.2).
import { operatorById } from '../../operators/index.ts';
import type { SlotSite } from '../../operators/operator.ts';
import type { OperatorConfig, SlotId } from '../../plan/plan.ts';
import { indexCode } from '../indexCode.ts';

/** Classes of the data set whose images an operator was fitted on. */
export interface DataSlice {
  readonly name: string;
  readonly classes: readonly number[];
}

export interface OperatorCondition {
  readonly slot: SlotId;
  /** An id of operators/index.ts. */
  readonly operator: string;
  readonly config: OperatorConfig;
  readonly slice: DataSlice;
}

/** For a text encoder: the operator's label, its settings in words, and the slice. */
export function conditionPhrase({ operator, config, slice }: OperatorCondition, site: SlotSite): string {
  const { label, summary } = operatorById(operator);
  return `${label} ${summary(config, site)} on ${slice.name}`;
}

/** Layer n of `blocks.n.attn` or `blocks.n.mlp`. */
export function layerOf(slot: SlotId): number {
  return Number(slot.split('.')[1]);
}

/**
 * Index codes [N, 2·width] of the blocks of one operator: the layer's, then the block's inside the operator. One running
 * number over everything would change its meaning whenever another layer is edited.
 */
export function blockCodes(slot: SlotId, blocks: number, width: number): Float64Array {
  const layer = indexCode([layerOf(slot)], width);
  const codes = new Float64Array(blocks * 2 * width);
  for (let n = 0; n < blocks; n++) {
    codes.set(layer, n * 2 * width);
    codes.set(indexCode([n], width), n * 2 * width + width);
  }
  return codes;
}
