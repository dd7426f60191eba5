// The settings of an operator, made from its own field records; edits go to all selected slots as one entry.
import type { ConfigField, Operator } from '../../operators/operator.ts';
import { setConfig } from '../../plan/edits.ts';
import type { SlotId, SlotPlan } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import { slotProblem } from '../../plan/validate.ts';
import { siteAt } from '../../store/costs.ts';
import { currentPlan, editPlan, endDrag } from '../../store/documentStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { NumberEntry } from '../parts/NumberEntry.tsx';
import { Segmented } from '../parts/Segmented.tsx';

interface Props {
  readonly shape: DitShape;
  readonly operator: Operator;
  readonly slots: readonly SlotId[];
  readonly held: readonly SlotPlan[];
}

export function ConfigFields({ shape, operator, slots, held }: Props) {
  if (operator.fields.length === 0) return null;
  const problem = slots.flatMap((slot, at) => {
    const now = held[at];
    return (now && slotProblem(slot, now, siteAt(shape, slot))) ?? [];
  })[0];
  const set = (field: ConfigField, value: number | string, manner: 'typed' | 'stepped') => {
    const where = slots.length === 1 && slots[0] ? slotLabel(slots[0]) : `${slots.length} slots`;
    const label = `${operator.label} ${field.label.toLowerCase()} ${value} on ${where}`;
    const mergeKey = manner === 'stepped' ? `${field.name} of ${slots.join(' ')}` : null;
    editPlan({ plan: setConfig(currentPlan(), slots, { [field.name]: value }), label, mergeKey });
  };
  return (
    <div className="section">
      <dl className="settings">
        {operator.fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={common(held.map((slot) => slot.config[field.name]))}
            max={maxOf(field, shape, slots)}
            onChange={(value, manner) => set(field, value, manner)}
          />
        ))}
      </dl>
      {problem && <p className="wrong">{problem}</p>}
    </div>
  );
}

interface FieldProps {
  readonly field: ConfigField;
  /** Null when the selected slots differ. */
  readonly value: number | string | null;
  readonly max: number;
  onChange(value: number | string, manner: 'typed' | 'stepped'): void;
}

function Field({ field, value, max, onChange }: FieldProps) {
  return (
    <>
      <dt title={field.help}>{field.label}</dt>
      <dd>
        {field.kind === 'choice' ? (
          <Segmented
            label={field.label}
            choices={field.choices}
            value={typeof value === 'string' ? value : null}
            onChange={(chosen) => onChange(chosen, 'typed')}
          />
        ) : (
          <>
            <Segmented
              label={`${field.label}, usual values`}
              choices={field.presets
                .filter((preset) => preset >= field.min && preset <= max)
                .map((preset) => ({ value: preset, label: String(preset) }))}
              value={typeof value === 'number' ? value : null}
              onChange={(chosen) => onChange(chosen, 'typed')}
            />
            <NumberEntry
              label={field.label}
              value={typeof value === 'number' ? value : null}
              min={field.min}
              max={max}
              step={Number.isInteger(field.step) ? 1 : 'any'}
              onCommit={onChange}
              onRest={endDrag}
            />
          </>
        )}
      </dd>
    </>
  );
}

/** The value that all share, or null. */
export function common<T>(values: readonly (T | undefined)[]): T | null {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}

function maxOf(field: ConfigField, shape: DitShape, slots: readonly SlotId[]): number {
  if (field.kind !== 'number') return 0;
  return Math.min(...slots.map((slot) => field.max(siteAt(shape, slot))));
}
