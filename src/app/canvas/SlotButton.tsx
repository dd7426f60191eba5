// One slot: what it holds, what that costs against the teacher, what the lens reads, and how its training goes.
import { type MouseEvent, memo, type RefObject, useLayoutEffect, useRef } from 'react';
import { operatorById } from '../../operators/index.ts';
import type { SlotId, SlotPlan } from '../../plan/plan.ts';
import { slotBlock, slotId, slotKind, slotLabel, slotPart } from '../../plan/slots.ts';
import { slotProblem } from '../../plan/validate.ts';
import { siteAt, slotCost, teacherCost, teacherPlan } from '../../store/costs.ts';
import { selectSlot, useDocument } from '../../store/documentStore.ts';
import { placed, placeOperator } from '../../store/placing.ts';
import { selectModel, selectSlotProblem, useSession } from '../../store/sessionStore.ts';
import { slotMacsAt, tokensOf } from '../../store/tokenCosts.ts';
import {
  extendSelection,
  focusSlot,
  hoverWithHand,
  type Side,
  select,
  selectHandOver,
  selectIsSelected,
  takeInHand,
  toggleSelected,
  useView,
} from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { percentText } from '../format/numbers.ts';
import { shortName } from '../format/shortName.ts';
import { Icon } from '../icons/Icon.tsx';
import { operatorIcon } from '../icons/operatorIcon.ts';
import type { OperationBox } from './blockLayout.ts';
import { targetsOf } from './chipDrag.ts';
import { isDifferent } from './difference.ts';
import { LensSign } from './lens/LensSign.tsx';
import { playSwap } from './motion.ts';
import { SlotRing } from './SlotRing.tsx';

interface Props {
  readonly slot: SlotId;
  readonly side: Side;
  readonly box: Pick<OperationBox, 'x' | 'y' | 'width' | 'height'>;
}

export const SlotButton = memo(function SlotButton(props: Props) {
  const model = useSession(selectModel);
  const shown = useView(({ split }) => (props.side === 'only' ? null : (split?.[props.side].slots ?? null)));
  if (!model) return null;
  return shown === null ? (
    <EditedSlot {...props} shape={model.config} />
  ) : (
    <ShownSlot {...props} shape={model.config} held={shown[props.slot]} />
  );
});

interface Facts {
  readonly slot: SlotId;
  readonly shape: DitShape;
  readonly held: SlotPlan | undefined;
}

/** A slot of the plan that is being edited. */
function EditedSlot({ slot, side, box, shape }: Props & { readonly shape: DitShape }) {
  const held = useDocument(selectSlot(slot));
  const selected = useView(selectIsSelected(slot));
  const isTabStop = useView((state) => (state.focus ?? slotId(0, 'attn')) === slot);
  const isBypassed = useView((state) => held !== undefined && state.bypassed.includes(slot));
  const differs = useView((state) => isDifferent(state.split, side, slot, held));
  const isCurveRead = useView((state) => state.hoveredSeries === slot);
  const hand = useView(selectHandOver(slot));
  const fitsHand = hand !== null && operatorById(hand.operator).kind === slotKind(slot);
  // Under a chip that fits, the slot already shows what it would become.
  const shown = hand && fitsHand ? placed(shape, slot, operatorById(hand.operator), hand.variant) : held;
  const invalid = held && slotProblem(slot, held, siteAt(shape, slot));
  const button = useSwap(held?.operator);
  const classes = [
    'slot nopan',
    held && 'slot--grafted',
    selected && 'is-selected',
    isCurveRead && 'is-read',
    isBypassed && 'is-bypassed',
    differs && 'is-different',
    invalid && 'is-error',
    hand && (fitsHand ? 'is-target' : 'is-refused'),
  ];
  return (
    <button
      ref={button}
      type="button"
      className={classes.filter(Boolean).join(' ')}
      style={placeOf(box)}
      data-slot={slot}
      data-kind={slotKind(slot)}
      aria-pressed={selected}
      aria-label={`${describe({ slot, shape, held })}${isBypassed ? ', bypassed: the teacher runs' : ''}`}
      tabIndex={isTabStop ? 0 : -1}
      onClick={(event) => press(event, slot)}
      onFocus={() => focusSlot(slot)}
      onPointerEnter={() => hoverPickedUp(slot)}
      onPointerLeave={() => hoverPickedUp(null)}
    >
      <SlotFace slot={slot} shape={shape} held={shown} />
      <span className="signs">
        <SlotFlag slot={slot} invalid={invalid} />
        {isBypassed && <span className="teacher-runs">bypassed</span>}
        <LensSign slot={slot} side={side} />
        <Badge slot={slot} shape={shape} held={shown} />
        {held && <SlotRing slot={slot} />}
      </span>
    </button>
  );
}

/** Plays the change when another operator comes into the slot, by whatever way. */
function useSwap(operator: string | undefined): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(operator);
  useLayoutEffect(() => {
    if (before.current === operator) return;
    before.current = operator;
    if (button.current) playSwap(button.current, operator === undefined ? 'teacher' : 'graft');
  }, [operator]);
  return button;
}

/** A slot of a plan that is only looked at: a click selects the same slot of the plan that is edited. */
function ShownSlot({ slot, side, box, shape, held }: Props & Facts) {
  const selected = useView(selectIsSelected(slot));
  const edited = useDocument(selectSlot(slot));
  const differs = useView((state) => isDifferent(state.split, side, slot, edited));
  const classes = [
    'slot slot--shown nopan',
    held && 'slot--grafted',
    selected && 'is-selected',
    differs && 'is-different',
  ];
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(' ')}
      style={placeOf(box)}
      data-shown-slot={slot}
      aria-label={`${describe({ slot, shape, held })}, ${side} side`}
      tabIndex={-1}
      onClick={(event) => press(event, slot)}
    >
      <SlotFace slot={slot} shape={shape} held={held} />
      <span className="signs">
        <LensSign slot={slot} side={side} />
        <Badge slot={slot} shape={shape} held={held} />
      </span>
    </button>
  );
}

function placeOf({ x, y, width, height }: Props['box']) {
  return { left: x, top: y, width, height };
}

function SlotFace({ slot, shape, held }: Facts) {
  const { operator, config } = held ?? teacherPlan(shape, slot);
  const record = operatorById(operator);
  const summary = record.summary(config, siteAt(shape, slot));
  return (
    <>
      <Icon name={operatorIcon(operator)} />
      <span className="title" title={`${record.label} ${summary}`}>
        <span className="name">{shortName(record.label)}</span>
        <span className="meta">{summary}</span>
      </span>
    </>
  );
}

/** Change in multiply-adds: at the length that the cost lens counts at while it is on, else at the model's own. */
function Badge({ slot, shape, held }: Facts) {
  const tokens = useView(({ lens, costTokens }) => (lens === 'cost' ? costTokens : null)) ?? tokensOf(shape);
  if (!held) return null;
  const [now, was] = [slotMacsAt(shape, slot, held, tokens), slotMacsAt(shape, slot, undefined, tokens)];
  return <span className="badge">{percentText(now, was)}</span>;
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

function describe({ slot, shape, held }: Facts): string {
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
