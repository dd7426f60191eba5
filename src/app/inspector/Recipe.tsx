// One stage's recipe: its settings, each an edit of the plan.
import { currentPlan, editPlan, endDrag, selectPlan, useDocument } from '../../store/documentStore.ts';
import { Icon } from '../icons/Icon.tsx';
import { NumberEntry } from '../parts/NumberEntry.tsx';
import { Segmented } from '../parts/Segmented.tsx';
import type { RecipeField } from './recipeFields.ts';

interface Props {
  readonly title: string;
  readonly note: string;
  readonly fields: readonly RecipeField[];
}

export function Recipe({ title, note, fields }: Props) {
  const plan = useDocument(selectPlan);
  return (
    <details className="section" open>
      <summary title={note}>
        <Icon name="right" /> {title}
      </summary>
      <dl className="settings">
        {fields.map((field) =>
          field.kind === 'number' && !field.applies(plan) ? null : <Setting key={field.name} field={field} />,
        )}
      </dl>
    </details>
  );
}

function Setting({ field }: { field: RecipeField }) {
  const plan = useDocument(selectPlan);
  const note = (value: number | string) => `${field.label} ${value}`;
  return (
    <>
      <dt>{field.label}</dt>
      <dd>
        {field.kind === 'number' ? (
          <NumberEntry
            label={field.label}
            value={field.get(plan)}
            min={field.min}
            max={field.max}
            step={field.step}
            onCommit={(value, manner) =>
              editPlan({
                plan: field.set(currentPlan(), value),
                label: note(value),
                mergeKey: manner === 'stepped' ? field.name : null,
              })
            }
            onRest={endDrag}
          />
        ) : (
          <Segmented
            label={field.label}
            choices={field.choices}
            value={field.get(plan)}
            onChange={(value) => editPlan({ plan: field.set(currentPlan(), value), label: note(value) })}
          />
        )}
      </dd>
    </>
  );
}
