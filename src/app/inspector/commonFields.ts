// The settings that several operators share: those that all have under one name, of one kind, with the narrowest limits.
import type { ConfigField, Operator, SlotSite } from '../../operators/operator.ts';

/** An operator and where it stands. */
export interface Placed {
  readonly operator: Operator;
  readonly site: SlotSite;
}

export interface CommonField {
  /** The record of the first operator. */
  readonly field: ConfigField;
  readonly min: number;
  readonly max: number;
}

export function commonFields(placed: readonly Placed[]): CommonField[] {
  const [first] = placed;
  if (!first) return [];
  return first.operator.fields.flatMap((field) => {
    const same = placed.map(({ operator, site }) => ({ field: twin(field, operator), site }));
    if (same.some(({ field: found }) => found === undefined)) return [];
    const limits = same.map(({ field: found, site }) =>
      found?.kind === 'number' ? { min: found.min, max: found.max(site) } : { min: 0, max: 0 },
    );
    const min = Math.max(...limits.map((limit) => limit.min));
    return [{ field, min, max: Math.min(...limits.map((limit) => limit.max)) }];
  });
}

/** The other operator's field of this name, if it asks the same question. */
function twin(field: ConfigField, { fields }: Operator): ConfigField | undefined {
  return fields.find((other) => {
    if (other.name !== field.name || other.kind !== field.kind) return false;
    if (field.kind === 'number' || other.kind === 'number') return true;
    return field.choices.map(({ value }) => value).join() === other.choices.map(({ value }) => value).join();
  });
}

/** The value that all share, or null. */
export function common<T>(values: readonly (T | undefined)[]): T | null {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}
