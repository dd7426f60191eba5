// The short filters of a slot, tap by tap: how much each position behind a token weighs.
import type { Tensor } from '../../lib/tensor.ts';
import type { SlotId } from '../../plan/plan.ts';

export interface FilterTaps {
  /** As in the operator's formula: `short filter`, `inner filter`. */
  readonly name: string;
  /** Root mean square over channels, the token itself last. */
  readonly taps: readonly number[];
}

/** Depthwise filters are the tensors [C, 1, K] of a slot. */
export function filterTaps(slot: SlotId, weights: Readonly<Record<string, Tensor>>): FilterTaps[] {
  const prefix = `${slot}.`;
  return Object.entries(weights).flatMap(([name, tensor]) => {
    const isFilter = name.startsWith(prefix) && tensor.shape.length === 3 && tensor.shape[1] === 1;
    if (!isFilter) return [];
    return [{ name: words(name.slice(prefix.length)), taps: rootMeanSquares(tensor) }];
  });
}

function rootMeanSquares({ shape, data }: Tensor): number[] {
  const [channels = 0, , length = 0] = shape;
  return Array.from({ length }, (_, tap) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += (data[channel * length + tap] ?? 0) ** 2;
    return Math.sqrt(sum / channels);
  });
}

function words(name: string): string {
  return name.replace(/\.weight$/, '').replaceAll('_', ' ');
}
