// One operator of the palette: drag it to a slot, click it to pick it up, or press Enter to put it on the selection.
import type { MouseEvent } from 'react';
import type { Operator } from '../../operators/operator.ts';
import type { OperatorConfig } from '../../plan/plan.ts';
import { slotId, slotKind } from '../../plan/slots.ts';
import { costAt, siteAt, teacherCost, teacherPlan } from '../../store/costs.ts';
import { placeOperator } from '../../store/placing.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { announce, takeInHand, useView, type ViewState } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { startChipDrag } from '../canvas/chipDrag.ts';
import { Icon } from '../icons/Icon.tsx';
import { operatorIcon } from '../icons/operatorIcon.ts';
import { Change } from '../parts/Num.tsx';

export function Chip({ operator, isTabStop }: { operator: Operator; isTabStop: boolean }) {
  const model = useSession(selectModel);
  const lifted = useView((state) => state.hand?.operator === operator.id && state.hand.variant === null);
  const unfit = useView((state) => fitsNothingSelected(state, operator));
  const classes = ['chip', lifted && 'is-lifted', unfit && 'is-unfit'];
  return (
    <>
      <button
        type="button"
        className={classes.filter(Boolean).join(' ')}
        data-operator={operator.id}
        aria-label={`${operator.label}: ${operator.promise}`}
        title={operator.card}
        tabIndex={isTabStop ? 0 : -1}
        onPointerDown={(event) => startChipDrag(event, { operator: operator.id, variant: null })}
        onClick={(event) => pickUp(event, operator, null)}
      >
        <span className="glyph">
          <Icon name={operatorIcon(operator.id)} />
        </span>
        <span>
          <span className="name">{operator.label}</span>
          <span className="promise">{operator.promise}</span>
        </span>
        {model && <ChipCost operator={operator} shape={model.config} />}
      </button>
      {model && <Variants operator={operator} shape={model.config} />}
    </>
  );
}

/** MACs against the teacher, at the first slot of its kind; the slots of a DiT are alike. */
function ChipCost({ operator, shape }: { operator: Operator; shape: DitShape }) {
  const slot = slotId(0, operator.kind === 'sequence' ? 'attn' : 'mlp');
  const config = operator.defaults(siteAt(shape, slot));
  return <Change now={costAt(shape, slot, operator.id, config).macs} was={teacherCost(shape, slot).macs} />;
}

/** The teacher's own operator with other numbers: its first setting's presets, as chips of their own. */
function Variants({ operator, shape }: { operator: Operator; shape: DitShape }) {
  const lifted = useView((state) => (state.hand?.operator === operator.id ? state.hand.variant : null));
  const slot = slotId(0, operator.kind === 'sequence' ? 'attn' : 'mlp');
  const field = operator.fields.find((candidate) => candidate.kind === 'number');
  if (field?.kind !== 'number' || operator.id !== teacherPlan(shape, slot).operator) return null;
  const max = field.max(siteAt(shape, slot));
  return (
    <div className="variants">
      {field.presets
        .filter((value) => value >= field.min && value <= max)
        .map((value) => {
          const variant = { [field.name]: value };
          return (
            <button
              key={value}
              type="button"
              className={lifted?.[field.name] === value ? 'variant is-lifted' : 'variant'}
              data-operator={operator.id}
              data-variant={value}
              aria-label={`${operator.label}, ${field.label} ${value}`}
              tabIndex={-1}
              onPointerDown={(event) => startChipDrag(event, { operator: operator.id, variant })}
              onClick={(event) => pickUp(event, operator, variant)}
            >
              {value}×
            </button>
          );
        })}
    </div>
  );
}

function fitsNothingSelected(state: ViewState, operator: Operator): boolean {
  return state.selection.length > 0 && state.selection.every((slot) => slotKind(slot) !== operator.kind);
}

/** Enter on a chip means the selected slots; a click takes it in hand for the next slot. */
function pickUp(event: MouseEvent, operator: Operator, variant: OperatorConfig | null): void {
  const fromKeyboard = event.detail === 0;
  const fitting = useView.getState().selection.filter((slot) => slotKind(slot) === operator.kind);
  if (fromKeyboard && fitting.length > 0) return void placeOperator(fitting, operator.id, variant);
  takeInHand({ operator: operator.id, variant, manner: 'click' });
  announce(`${operator.label} is in hand; choose a slot and press Enter, or Escape to put it down.`);
}
