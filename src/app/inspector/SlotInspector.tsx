// One slot or several: operator, settings, cost, error, initialisation, and the card of the operator.
import { operatorById } from '../../operators/index.ts';
import type { SlotId } from '../../plan/plan.ts';
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
import { OperatorFigure } from './OperatorFigure.tsx';
import { Selected } from './Selected.tsx';
import { TimestepError } from './TimestepError.tsx';

interface Props {
  readonly shape: DitShape;
  readonly slots: readonly SlotId[];
}

export function SlotInspector({ shape, slots }: Props) {
  const plan = useDocument(selectPlan);
  const operators = new Set(slots.map((slot) => (plan.slots[slot] ?? teacherPlan(shape, slot)).operator));
  const [only] = operators;
  const common = operators.size === 1 && only !== undefined ? operatorById(only) : null;
  const grafted = slots.filter((slot) => plan.slots[slot]);
  const held = grafted.flatMap((slot) => plan.slots[slot] ?? []);
  const [first] = slots;
  if (!first) return null;
  return (
    <>
      <Who slots={slots} operator={common?.id ?? null} isGrafted={grafted.length > 0} />
      {slots.length > 1 && <Selected slots={slots} shape={shape} />}
      {slots.length === 1 && <OperatorFigure slot={first} shape={shape} />}
      {held.length > 0 && <ConfigFields shape={shape} slots={grafted} held={held} />}
      <CostTable shape={shape} slots={slots} />
      {slots.length === 1 && grafted.length === 1 && <TimestepError slot={first} />}
      {held.length > 0 && <InitialisationChoice shape={shape} slots={grafted} />}
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
        <CommandButton id="edit.bypass" />
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
