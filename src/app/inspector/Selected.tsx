// What several selected slots hold, kind by kind; a click narrows the selection to one of them.
import { operatorById } from '../../operators/index.ts';
import type { SlotId } from '../../plan/plan.ts';
import { slotKind } from '../../plan/slots.ts';
import { teacherPlan } from '../../store/costs.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { heldLabel } from '../../store/placing.ts';
import { select } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { Icon } from '../icons/Icon.tsx';
import { operatorIcon } from '../icons/operatorIcon.ts';

interface Group {
  readonly key: string;
  readonly operator: string;
  readonly isGrafted: boolean;
  readonly slots: readonly SlotId[];
}

export function Selected({ slots, shape }: { readonly slots: readonly SlotId[]; readonly shape: DitShape }) {
  const plan = useDocument(selectPlan);
  const groups = new Map<string, Group>();
  for (const slot of slots) {
    const held = plan.slots[slot];
    const { operator } = held ?? teacherPlan(shape, slot);
    const key = `${heldLabel(shape, slot, held)} ${held ? 'grafted' : 'teacher'} ${slotKind(slot)}`;
    const before = groups.get(key)?.slots ?? [];
    groups.set(key, { key, operator, isGrafted: held !== undefined, slots: [...before, slot] });
  }
  const grafted = slots.filter((slot) => plan.slots[slot]).length;
  return (
    <div className="section selected">
      {[...groups.values()].map((group) => (
        <GroupRow key={group.key} group={group} shape={shape} isAll={groups.size === 1} />
      ))}
      {grafted > 0 && grafted < slots.length && (
        <p className="caption">
          Settings are those of the {grafted} grafted {grafted === 1 ? 'slot' : 'slots'}.
        </p>
      )}
    </div>
  );
}

function GroupRow({ group, shape, isAll }: { group: Group; shape: DitShape; isAll: boolean }) {
  const plan = useDocument(selectPlan);
  const { operator, isGrafted, slots } = group;
  const [first] = slots;
  if (!first) return null;
  const label = heldLabel(shape, first, plan.slots[first]);
  return (
    <button
      type="button"
      className={isGrafted ? 'row is-grafted' : 'row'}
      disabled={isAll}
      title={isAll ? undefined : `Select these ${slots.length} alone`}
      onClick={() => select(slots)}
    >
      <Icon name={operatorIcon(operator)} />
      <span>{label || operatorById(operator).label}</span>
      <span className="muted">{isGrafted ? '' : 'teacher'}</span>
      <span className="num">×{slots.length}</span>
    </button>
  );
}
