// What would mend settings that do not work: the largest smaller value of one setting with which every slot is sound.
import type { ConfigField } from '../../operators/operator.ts';
import type { SlotId, SlotPlan } from '../../plan/plan.ts';
import { slotProblem } from '../../plan/validate.ts';
import { siteAt } from '../../store/costs.ts';
import type { DitShape } from '../../workers/protocol.ts';
import type { CommonField } from './commonFields.ts';

export interface Repair {
  readonly field: ConfigField;
  readonly value: number;
}

/** Values below the present one that are tried. */
const mostTries = 1024;

export function repairOf(
  shape: DitShape,
  slots: readonly SlotId[],
  held: readonly SlotPlan[],
  fields: readonly CommonField[],
): Repair | null {
  const isSound = (name: string, value: number) =>
    slots.every((slot, at) => {
      const now = held[at];
      if (!now) return true;
      const changed = { ...now, config: { ...now.config, [name]: value } };
      return slotProblem(slot, changed, siteAt(shape, slot)) === undefined;
    });
  for (const { field, min } of fields) {
    if (field.kind !== 'number' || !Number.isInteger(field.step)) continue;
    const present = Math.max(...held.map(({ config }) => Number(config[field.name])));
    const lowest = Math.max(min, present - mostTries);
    for (let value = present - 1; value >= lowest; value--)
      if (isSound(field.name, value)) return { field, value };
  }
  return null;
}
