// The difference of two plans as a list: every slot that differs with what it costs, and every setting.
import { diffPlans, type SettingChange } from '../plan/diff.ts';
import type { Plan, SlotId, SlotPlan } from '../plan/plan.ts';
import { slotBlock } from '../plan/slots.ts';
import type { DitShape } from '../workers/protocol.ts';
import { planCost, slotCost } from './costs.ts';
import { heldLabel } from './placing.ts';
import type { Against } from './planFigures.ts';

export interface SlotDifference {
  readonly slot: SlotId;
  readonly before: string;
  readonly after: string;
  readonly parameters: Against;
  readonly macs: Against;
}

export interface PlanDifference {
  readonly slots: readonly SlotDifference[];
  readonly settings: readonly SettingChange[];
  readonly parameters: Against;
  readonly macs: Against;
}

/** `was` is the first plan, `now` the second. Slots that the open model does not have are left out. */
export function planDifference(before: Plan, after: Plan, shape: DitShape): PlanDifference {
  const { slots, settings } = diffPlans(before, after);
  const [was, now] = [planCost(shape, before), planCost(shape, after)];
  return {
    slots: slots
      .filter(({ slot }) => slotBlock(slot) < shape.depth)
      .map((change) => {
        const [old, fresh] = [change.before ?? undefined, change.after ?? undefined];
        const [wasCost, nowCost] = [slotCost(shape, change.slot, old), slotCost(shape, change.slot, fresh)];
        return {
          slot: change.slot,
          before: fullLabel(shape, change.slot, old, fresh),
          after: fullLabel(shape, change.slot, fresh, old),
          parameters: { was: wasCost.parameters, now: nowCost.parameters },
          macs: { was: wasCost.macs, now: nowCost.macs },
        };
      }),
    settings,
    parameters: { was: was.parameters, now: now.parameters },
    macs: { was: was.macs, now: now.macs },
  };
}

/** What a slot holds; with its initialisation where that is all that differs. */
function fullLabel(
  shape: DitShape,
  slot: SlotId,
  held: SlotPlan | undefined,
  other: SlotPlan | undefined,
): string {
  const label = heldLabel(shape, slot, held);
  const isSame = held && other && heldLabel(shape, slot, other) === label;
  return isSame ? `${label}, start ${held.initialisation}` : label;
}

const settingNames: Readonly<Record<string, string>> = {
  base: 'Base model',
  seed: 'Seed',
  learningRate: 'learning rate',
  huberDelta: 'Huber delta',
  weightDecay: 'weight decay',
  clipNorm: 'gradient clip',
  stopWhenFlat: 'stop when flat',
  warmupSteps: 'warm-up steps',
  emaDecay: 'moving average',
  labelDropout: 'label dropout',
  loraRank: 'LoRA rank',
};

/** `stage1.learningRate` → `Stage 1 learning rate`. */
export function settingLabel(name: string): string {
  const [stage, field = stage ?? ''] = name.split('.');
  const label = settingNames[field] ?? field;
  return stage === field ? label : `${stage?.replace('stage', 'Stage ')} ${label}`;
}
