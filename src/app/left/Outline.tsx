// The model as a tree, for keyboards and screen readers and for whoever likes lists: the same selection and commands.
import type { KeyboardEvent } from 'react';
import { operatorById } from '../../operators/index.ts';
import type { SlotId } from '../../plan/plan.ts';
import { slotId, slotPart } from '../../plan/slots.ts';
import { siteAt, slotCost, teacherCost, teacherPlan } from '../../store/costs.ts';
import { selectSlot, useDocument } from '../../store/documentStore.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { select, selectIsSelected, toggleSelected, useView } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { fitSlots } from '../canvas/camera.ts';
import { percentText } from '../format/numbers.ts';
import { shortName } from '../format/shortName.ts';
import { Icon } from '../icons/Icon.tsx';
import { operatorIcon } from '../icons/operatorIcon.ts';

export function Outline() {
  const model = useSession(selectModel);
  if (!model)
    return <div className="left-body" id="left-body" role="tabpanel" aria-labelledby="left-body-outline" />;
  return (
    <div className="left-body" id="left-body" role="tabpanel" aria-labelledby="left-body-outline">
      <div
        className="outline"
        role="tree"
        aria-label="Model"
        aria-multiselectable="true"
        onKeyDown={onKeyDown}
        tabIndex={-1}
      >
        {Array.from({ length: model.config.depth }, (_, block) => (
          <BlockItem key={block} block={block} shape={model.config} />
        ))}
      </div>
    </div>
  );
}

function BlockItem({ block, shape }: { block: number; shape: DitShape }) {
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys. */}
      <div
        className="outline-item"
        data-block={block}
        role="treeitem"
        aria-level={1}
        aria-expanded="true"
        aria-selected={false}
        tabIndex={block === 0 ? 0 : -1}
        onClick={() => fitSlots([block])}
      >
        <Icon name="layers" />
        Block {block}
      </div>
      <SlotItem slot={slotId(block, 'attn')} shape={shape} />
      <SlotItem slot={slotId(block, 'mlp')} shape={shape} />
    </>
  );
}

function SlotItem({ slot, shape }: { slot: SlotId; shape: DitShape }) {
  const held = useDocument(selectSlot(slot));
  const selected = useView(selectIsSelected(slot));
  const { operator, config } = held ?? teacherPlan(shape, slot);
  const record = operatorById(operator);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys.
    <div
      className={`outline-item outline-item--slot${held ? ' is-grafted' : ''}`}
      role="treeitem"
      aria-level={2}
      aria-selected={selected}
      aria-label={`${slotPart(slot) === 'attn' ? 'Attention' : 'MLP'} slot: ${record.label} ${record.summary(config, siteAt(shape, slot))}${held ? ', grafted' : ', teacher'}`}
      tabIndex={-1}
      data-outline={slot}
      onClick={(event) => (event.ctrlKey || event.metaKey ? toggleSelected(slot) : select([slot]))}
    >
      <Icon name={operatorIcon(operator)} />
      {shortName(record.label)}
      <span className="meta">{record.summary(config, siteAt(shape, slot))}</span>
      {held && (
        <span className="badge">
          {percentText(slotCost(shape, slot, held).macs, teacherCost(shape, slot).macs)}
        </span>
      )}
    </div>
  );
}

function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="treeitem"]')];
  const at = items.findIndex((item) => item.isSameNode(document.activeElement));
  const here = items[at];
  if (!here) return;
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (target !== undefined) {
    event.preventDefault();
    moveTo(items, Math.min(items.length - 1, Math.max(0, target)));
  } else if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    here.click();
  }
}

function moveTo(items: readonly HTMLElement[], index: number): void {
  for (const item of items) item.tabIndex = -1;
  const next = items[index];
  if (!next) return;
  next.tabIndex = 0;
  next.focus();
}
