// Fitted operators as the net's training material: per operator and slot a basis, and per run one entry of blocks.
import { known, UserError } from '../../lib/errors.ts';
import type { SlotId } from '../../plan/plan.ts';
import type { BlockEntry, BlockMaterial } from '../denoiser/blockSamples.ts';
import type { FittedOperator } from './collect.ts';
import { layerOf } from './condition.ts';
import { editTokens, editWidth, tokensOf } from './editTokens.ts';
import type { OperatorBases } from './operatorModel.ts';
import { coefficients, type SlotBasis, slotBasis } from './slotBasis.ts';

export interface OperatorMaterial {
  readonly operators: ReadonlyMap<string, OperatorBases>;
  readonly material: BlockMaterial;
}

/**
 * Blocks [layers, k]: the block of a layer holds the coefficients of the slot's deviation.
 * @param fitted of the training part alone
 */
export function operatorMaterial(fitted: readonly FittedOperator[], block: number): OperatorMaterial {
  const [first] = fitted;
  if (!first) throw new UserError('No operator was fitted yet; run generator:operators.');
  const operators = new Map<string, Map<SlotId, SlotBasis>>();
  for (const [operator, own] of groupBy(fitted, ({ condition }) => condition.operator)) {
    const slots = new Map<SlotId, SlotBasis>();
    for (const [slot, same] of groupBy(own, ({ condition }) => condition.slot)) {
      slots.set(
        slot,
        slotBasis(
          same.flatMap(({ deviations }) => deviations),
          block,
        ),
      );
    }
    operators.set(operator, slots);
  }
  const ids = [...operators.keys()];
  const layers = [...new Set(fitted.map(({ condition }) => layerOf(condition.slot)))].sort((a, b) => a - b);
  const count = Math.max(...layers) + 1;
  const runs = groupBy(fitted, ({ condition: { operator, config, slice }, seed }) =>
    JSON.stringify([operator, config, slice.name, seed]),
  );
  const entries = [...runs.values()].map((run): BlockEntry => {
    const { condition, deviations } = known(run[0], 'fitted operator');
    const checkpoints = deviations.map((_, k) => {
      const blocks = new Float32Array(count * block);
      for (const one of run) {
        const basis = known(operators.get(one.condition.operator)?.get(one.condition.slot), 'basis');
        const own = coefficients(basis, known(one.deviations[k], 'checkpoint'));
        blocks.set(own, layerOf(one.condition.slot) * block);
      }
      return blocks;
    });
    return { texts: [tokensOf(condition, ids)], checkpoints };
  });
  const mask = new Uint8Array(count * block).fill(1);
  return {
    operators,
    material: { entries, blocks: layers, mask, tokens: editTokens, width: editWidth },
  };
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const own = groups.get(key(item));
    if (own) own.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
