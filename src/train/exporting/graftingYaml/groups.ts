// A plan cut into what the released grafting code can run: one operator type, one operator and one config a model.
import { canonicalJson } from '../../../lib/hash.ts';
import { slotEntries } from '../../../plan/edits.ts';
import type { OperatorConfig, Plan } from '../../../plan/plan.ts';
import { slotBlock, slotPart } from '../../../plan/slots.ts';
import { operatorYaml } from './operatorConfigs.ts';

export interface GraftGroup {
  /** What is replaced: `operator.type` of the released files. */
  readonly type: 'mha' | 'mlp';
  readonly operator: string;
  readonly config: OperatorConfig;
  readonly blocks: readonly number[];
}

export interface Grouped {
  readonly groups: readonly GraftGroup[];
  /** One sentence for each part of the plan that has no file. */
  readonly refusals: readonly string[];
}

export function groupsOf(plan: Plan): Grouped {
  const groups = new Map<string, GraftGroup>();
  const refusals = new Set<string>();
  for (const [slot, { operator, config }] of slotEntries(plan)) {
    const refusal = operatorYaml(operator).refusal?.(config);
    if (refusal !== undefined) {
      refusals.add(`The released grafting code cannot build part of this plan: ${refusal}`);
      continue;
    }
    const type = slotPart(slot) === 'attn' ? 'mha' : 'mlp';
    const key = canonicalJson({ type, operator, config });
    const before = groups.get(key)?.blocks ?? [];
    groups.set(key, { type, operator, config, blocks: [...before, slotBlock(slot)] });
  }
  return { groups: [...groups.values()], refusals: [...refusals] };
}
