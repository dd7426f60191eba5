// The settings of an operator, made from its own field records; edits go to all selected slots as one entry.
import { operatorById } from '../../operators/index.ts';
import type { ConfigField } from '../../operators/operator.ts';
import { setConfig } from '../../plan/edits.ts';
import type { SlotId, SlotPlan } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import { slotProblem } from '../../plan/validate.ts';
import { siteAt } from '../../store/costs.ts';
import { currentPlan, editPlan, endDrag } from '../../store/documentStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { NumberEntry } from '../parts/NumberEntry.tsx';
import { Segmented } from '../parts/Segmented.tsx';
import { common, commonFields } from './commonFields.ts';
import { repairOf } from './repair.ts';

interface Props {
  readonly shape: DitShape;
  /** Grafted slots, and what they hold. */
  readonly slots: readonly SlotId[];
  readonly held: readonly SlotPlan[];
}

export function ConfigFields({ shape, slots, held }: Props) {
  const placed = slots.flatMap((slot, at) => {
    const now = held[at];
    return now ? [{ operator: operatorById(now.operator), site: siteAt(shape, slot) }] : [];
  });
  const fields = commonFields(placed);
  const operators = new Set(placed.map(({ operator }) => operator.label));
  if (fields.length === 0) {
    return operators.size > 1 ? (
      <p className="section caption">{[...operators].join(' and ')} have no setting in common.</p>
    ) : null;
  }
  const [only] = operators;
  const problem = slots.flatMap((slot, at) => {
    const now = held[at];
    return (now && slotProblem(slot, now, siteAt(shape, slot))) ?? [];
  })[0];
  const repair = problem === undefined ? null : repairOf(shape, slots, held, fields);
  const set = (field: ConfigField, value: number | string, manner: 'typed' | 'stepped') => {
    const where = slots.length === 1 && slots[0] ? slotLabel(slots[0]) : `${slots.length} slots`;
    const what = operators.size === 1 ? `${only} ${field.label.toLowerCase()}` : field.label;
    const label = `${what} ${value} on ${where}`;
    const mergeKey = manner === 'stepped' ? `${field.name} of ${slots.join(' ')}` : null;
    editPlan({ plan: setConfig(currentPlan(), slots, { [field.name]: value }), label, mergeKey });
  };
  return (
    <div className="section">
      <dl className="settings">
        {fields.map(({ field, min, max }) => (
          <Field
            key={field.name}
            field={field}
            min={min}
            value={common(held.map((slot) => slot.config[field.name]))}
            max={max}
            onChange={(value, manner) => set(field, value, manner)}
          />
        ))}
      </dl>
      {problem && (
        <p className="wrong">
          {problem}
          {repair && (
            <button
              type="button"
              className="btn btn--small btn--outline"
              onClick={() => set(repair.field, repair.value, 'typed')}
            >
              Use {repair.value}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

interface FieldProps {
  readonly field: ConfigField;
  /** Null when the selected slots differ. */
  readonly value: number | string | null;
  readonly min: number;
  readonly max: number;
  onChange(value: number | string, manner: 'typed' | 'stepped'): void;
}

function Field({ field, value, min, max, onChange }: FieldProps) {
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
                .filter((preset) => preset >= min && preset <= max)
                .map((preset) => ({ value: preset, label: String(preset) }))}
              value={typeof value === 'number' ? value : null}
              onChange={(chosen) => onChange(chosen, 'typed')}
            />
            <NumberEntry
              label={field.label}
              value={typeof value === 'number' ? value : null}
              min={min}
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
