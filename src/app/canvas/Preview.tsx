// Before → after beside the slot under a chip, or the reason why the chip does not fit.
import { useLayoutEffect, useRef } from 'react';
import type { SlotId } from '../../plan/plan.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { fitOn, type Preview as PlacementPreview } from '../../store/placing.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { useView } from '../../store/viewStore.ts';
import { compact, macs, type Quantity } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { Change, Num } from '../parts/Num.tsx';
import { targetsOf } from './chipDrag.ts';

export function Preview() {
  const hand = useView((state) => state.hand);
  const plan = useDocument(selectPlan);
  const model = useSession(selectModel);
  const box = useRef<HTMLDivElement>(null);
  const over = hand?.over ?? null;
  useLayoutEffect(() => {
    if (over && box.current) standBeside(box.current, over);
  });
  if (!hand || !over || !model) return null;
  const fit = fitOn(model.config, plan, over, hand.operator, hand.variant);
  return (
    <div className="preview" role="tooltip" ref={box}>
      {fit.fits ? <Outcome preview={fit.preview} slots={targetsOf(over).length} /> : <p>{fit.reason}</p>}
    </div>
  );
}

function Outcome({ preview, slots }: { preview: PlacementPreview; slots: number }) {
  const { slotBefore, slotAfter, modelBefore, modelAfter } = preview;
  return (
    <>
      <div className="change">
        {preview.before} <Icon name="arrow" /> {preview.after}
      </div>
      <div className="rows">
        <Row name="Params" was={slotBefore.parameters} now={slotAfter.parameters} quantity={compact} />
        <Row name="Slot MACs" was={slotBefore.macs} now={slotAfter.macs} quantity={macs} />
        <Row name="Model MACs" was={modelBefore.macs} now={modelAfter.macs} quantity={macs} />
      </div>
      <p className="hint">{slots > 1 ? `Release to replace ${slots} slots` : 'Release to replace'}</p>
    </>
  );
}

function Row(props: { name: string; was: number; now: number; quantity(count: number): Quantity }) {
  const was = props.quantity(props.was);
  const now = props.quantity(props.now);
  // One unit is enough for both numbers where it is the same.
  const wasUnit = was.unit === now.unit ? '' : was.unit;
  return (
    <>
      <span>{props.name}</span>
      <Num value={was.value} unit={wasUnit} />
      <Icon name="arrow" />
      <Num {...now} />
      <Change now={props.now} was={props.was} />
    </>
  );
}

/** Right of the slot where there is room, else left of it, never outside of the window. */
function standBeside(box: HTMLElement, slot: SlotId): void {
  const target = document.querySelector(`[data-slot="${slot}"]`)?.getBoundingClientRect();
  if (!target) return;
  const { width, height } = box.getBoundingClientRect();
  const right = target.right + 12;
  const left = right + width < window.innerWidth - 8 ? right : Math.max(8, target.left - width - 12);
  box.style.left = `${left}px`;
  box.style.top = `${Math.min(Math.max(8, target.top - 8), window.innerHeight - height - 8)}px`;
}
