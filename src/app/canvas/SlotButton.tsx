// One slot: what it holds, what that costs against the teacher, and how its training goes.
import { type MouseEvent, memo } from 'react';
import { operatorById } from '../../operators/index.ts';
import type { SlotId, SlotPlan } from '../../plan/plan.ts';
import { slotBlock, slotId, slotKind, slotLabel, slotPart } from '../../plan/slots.ts';
import { slotProblem } from '../../plan/validate.ts';
import { siteAt, slotCost, teacherCost, teacherPlan } from '../../store/costs.ts';
import { selectSlot, useDocument } from '../../store/documentStore.ts';
import { placed, placeOperator } from '../../store/placing.ts';
import { selectModel, selectSlotProblem, useSession } from '../../store/sessionStore.ts';
import {
  extendSelection,
  focusSlot,
  hoverWithHand,
  select,
  selectHandOver,
  selectIsSelected,
  takeInHand,
  toggleSelected,
  useView,
} from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { countText, macsText, percentText } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { operatorIcon } from '../icons/operatorIcon.ts';
import { targetsOf } from './chipDrag.ts';
import { SlotRing } from './SlotRing.tsx';

export const SlotButton = memo(function SlotButton({ slot }: { slot: SlotId }) {
  const model = useSession(selectModel);
  return model ? <FilledSlot slot={slot} shape={model.config} /> : null;
});

function FilledSlot({ slot, shape }: { slot: SlotId; shape: DitShape }) {
  const held = useDocument(selectSlot(slot));
  const selected = useView(selectIsSelected(slot));
  const isTabStop = useView((state) => (state.focus ?? slotId(0, 'attn')) === slot);
  const hand = useView(selectHandOver(slot));
  const fitsHand = hand !== null && operatorById(hand.operator).kind === slotKind(slot);
  // Under a chip that fits, the slot already shows what it would become.
  const shown = hand && fitsHand ? placed(shape, slot, operatorById(hand.operator), hand.variant) : held;
  const invalid = held && slotProblem(slot, held, siteAt(shape, slot));
  const classes = [
    'slot nopan',
    held && 'slot--grafted',
    selected && 'is-selected',
    invalid && 'is-error',
    hand && (fitsHand ? 'is-target' : 'is-refused'),
  ];
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(' ')}
      data-slot={slot}
      data-kind={slotKind(slot)}
      aria-pressed={selected}
      aria-label={describe(slot, held, shape)}
      tabIndex={isTabStop ? 0 : -1}
      onClick={(event) => press(event, slot)}
      onFocus={() => focusSlot(slot)}
      onPointerEnter={() => hoverPickedUp(slot)}
      onPointerLeave={() => hoverPickedUp(null)}
    >
      <SlotFace slot={slot} shape={shape} held={shown} />
      <span className="signs">
        {held && <SlotRing slot={slot} />}
        <SlotFlag slot={slot} invalid={invalid} />
      </span>
      <CostLine slot={slot} shape={shape} held={shown} />
    </button>
  );
}

interface Facts {
  readonly slot: SlotId;
  readonly shape: DitShape;
  readonly held: SlotPlan | undefined;
}

function SlotFace({ slot, shape, held }: Facts) {
  const { operator, config } = held ?? teacherPlan(shape, slot);
  const record = operatorById(operator);
  return (
    <>
      <Icon name={operatorIcon(operator)} />
      <span className="title">
        <span className="name">{record.label}</span>
        <span className="meta">{record.summary(config, siteAt(shape, slot))}</span>
      </span>
    </>
  );
}

/** Parameters and multiply-adds of the slot, and the change in the latter where something is grafted. */
function CostLine({ slot, shape, held }: Facts) {
  const now = slotCost(shape, slot, held);
  const was = teacherCost(shape, slot);
  return (
    <span className="cost">
      {countText(now.parameters)} params · {macsText(now.macs)}
      {held && <span className="badge"> {percentText(now.macs, was.macs)}</span>}
    </span>
  );
}

function SlotFlag({ slot, invalid }: { slot: SlotId; invalid: string | undefined }) {
  const problem = useSession(selectSlotProblem(slot));
  const text = invalid ?? problem?.text;
  if (text === undefined) return null;
  const grave = invalid !== undefined || problem?.severity === 'error';
  return (
    <span className={grave ? 'flag flag--error' : 'flag'} title={text}>
      <Icon name="warn" label={text} />
    </span>
  );
}

function describe(slot: SlotId, held: SlotPlan | undefined, shape: DitShape): string {
  const { operator, config } = held ?? teacherPlan(shape, slot);
  const record = operatorById(operator);
  const summary = record.summary(config, siteAt(shape, slot));
  const what = [record.label, summary].filter(Boolean).join(' ');
  if (!held) return `${slotLabel(slot)}, teacher: ${what}`;
  const change = percentText(slotCost(shape, slot, held).macs, teacherCost(shape, slot).macs);
  return `${slotLabel(slot)}, grafted: ${what}, ${change} MACs`;
}

function press(event: MouseEvent, slot: SlotId): void {
  const { hand, selection } = useView.getState();
  if (hand?.manner === 'click') {
    if (placeOperator(targetsOf(slot), hand.operator, hand.variant)) takeInHand(null);
    return;
  }
  // The press has moved the focus here already; the range begins where the last choice was.
  const from = selection[selection.length - 1];
  if (event.shiftKey && from) extendSelection(range(from, slot), slot);
  else if (event.ctrlKey || event.metaKey) toggleSelected(slot);
  else select([slot]);
}

/** All slots of a column between two of them; the column is that of the slot pressed. */
function range(from: SlotId, to: SlotId): SlotId[] {
  const [first, last] = [slotBlock(from), slotBlock(to)].sort((a, b) => a - b);
  const start = first ?? 0;
  return Array.from({ length: (last ?? 0) - start + 1 }, (_, step) => slotId(start + step, slotPart(to)));
}

function hoverPickedUp(slot: SlotId | null): void {
  if (useView.getState().hand?.manner === 'click') hoverWithHand(slot);
}
