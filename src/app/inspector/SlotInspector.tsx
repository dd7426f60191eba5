// One slot or several: operator, settings, cost, error, initialisation, and the card of the operator.
import { operatorById } from '../../operators/index.ts';
import type { SlotId, SlotPlan } from '../../plan/plan.ts';
import { slotKind, slotLabel } from '../../plan/slots.ts';
import { teacherPlan } from '../../store/costs.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { commandById } from '../commands/index.ts';
import { Icon } from '../icons/Icon.tsx';
import { operatorIcon } from '../icons/operatorIcon.ts';
import { CommandButton } from '../parts/CommandButton.tsx';
import { ConfigFields } from './ConfigFields.tsx';
import { CostTable } from './CostTable.tsx';
import { InitialisationChoice } from './InitialisationChoice.tsx';
import { OperatorCard } from './OperatorCard.tsx';
import { TimestepError } from './TimestepError.tsx';

interface Props {
  readonly shape: DitShape;
  readonly slots: readonly SlotId[];
}

export function SlotInspector({ shape, slots }: Props) {
  const plan = useDocument(selectPlan);
  const held = slots.map((slot) => ({ slot, now: plan.slots[slot] ?? teacherPlan(shape, slot) }));
  const operators = new Set(held.map(({ now }) => now.operator));
  const [only] = operators;
  const grafted = slots.filter((slot) => plan.slots[slot]);
  const common = operators.size === 1 && only !== undefined ? operatorById(only) : null;
  const [first] = slots;
  if (!first) return null;
  return (
    <>
      <Who slots={slots} operator={common?.id ?? null} isGrafted={grafted.length > 0} />
      {common && grafted.length === slots.length && (
        <ConfigFields
          shape={shape}
          operator={common}
          slots={slots}
          held={held.map(({ now }): SlotPlan => now)}
        />
      )}
      <CostTable shape={shape} slots={slots} />
      {slots.length === 1 && grafted.length === 1 && <TimestepError slot={first} />}
      {common && grafted.length === slots.length && (
        <InitialisationChoice shape={shape} operator={common} slots={slots} />
      )}
      {common && <OperatorCard operator={common} slot={first} />}
    </>
  );
}

interface WhoProps {
  readonly slots: readonly SlotId[];
  readonly operator: string | null;
  readonly isGrafted: boolean;
}

function Who({ slots, operator, isGrafted }: WhoProps) {
  const [first] = slots;
  const where =
    slots.length === 1 && first ? `${slotLabel(first)} slot` : `${slots.length} slots, ${kindsOf(slots)}`;
  return (
    <div className="section who">
      <span className={isGrafted ? 'tile is-grafted' : 'tile'}>
        <Icon name={operator ? operatorIcon(operator) : 'layers'} />
      </span>
      <div>
        <h2>
          <button
            type="button"
            className="btn"
            title="Replace (R)"
            onClick={() => commandById('edit.replace').run()}
          >
            {operator ? operatorById(operator).label : 'Mixed operators'} <Icon name="down" />
          </button>
        </h2>
        <p>
          {where}
          {isGrafted ? '' : ', teacher'}
        </p>
      </div>
      <span>
        <CommandButton id="edit.restore" />
      </span>
    </div>
  );
}

function kindsOf(slots: readonly SlotId[]): string {
  const kinds = new Set(slots.map(slotKind));
  if (kinds.size === 2) return 'attention and MLP';
  return kinds.has('sequence') ? 'attention' : 'MLP';
}
