// The context menu of a slot, by right click or the menu key: the commands of the registry that act on the selection.
import { operators } from '../operators/index.ts';
import type { SlotId } from '../plan/plan.ts';
import { isSlotId, slotKind, slotLabel } from '../plan/slots.ts';
import { select, useView } from '../store/viewStore.ts';
import { commands } from './commands/index.ts';
import { commandItem } from './parts/CommandButton.tsx';
import { openContextMenu } from './parts/ContextMenu.tsx';
import type { MenuItem } from './parts/Menu.tsx';

/** Listens on the canvas and the outline alike: whatever says which slot it is. */
export function listenForSlotMenu(): () => void {
  window.addEventListener('contextmenu', onMenu);
  return () => window.removeEventListener('contextmenu', onMenu);
}

function onMenu(event: MouseEvent): void {
  const { target } = event;
  const element =
    target instanceof Element ? target.closest<HTMLElement>('[data-slot], [data-outline]') : null;
  const slot = element?.dataset.slot ?? element?.dataset.outline;
  if (!element || slot === undefined || !isSlotId(slot)) return;
  event.preventDefault();
  const { selection } = useView.getState();
  if (!selection.includes(slot)) select([slot]);
  const { left, bottom } = element.getBoundingClientRect();
  // The menu key has no place of its own.
  const isKey = event.clientX === 0 && event.clientY === 0;
  openContextMenu({
    label: slotLabel(slot),
    items: slotItems(slot),
    x: isKey ? left : event.clientX,
    y: isKey ? bottom : event.clientY,
  });
}

/** Beside the slot itself, fewer words than in the palette are enough. */
const short: Readonly<Record<string, string>> = {
  'edit.replace': 'Replace…',
  'edit.restore': 'Restore the teacher',
  'edit.bypass': 'Bypass',
  'edit.copy': 'Copy',
  'edit.cut': 'Cut',
  'edit.paste': 'Paste',
  'select.sameOperator': 'Select the same operator',
  'select.sameKind': 'Select the same kind',
  'view.expand': 'Expand',
  'view.operatorGraph': 'Primitive graph',
};

function slotItems(slot: SlotId): MenuItem[] {
  const fitting = operators.filter((operator) => operator.kind === slotKind(slot));
  return [
    ...entries('edit.replace', 'edit.restore', 'edit.bypass'),
    ...grouped(fitting.map(({ id, label }) => ({ ...commandItem(`place.${id}`), label }))),
    ...grouped(entries('edit.copy', 'edit.cut', 'edit.paste')),
    ...grouped(entries('select.sameOperator', 'select.sameKind', 'view.expand', 'view.operatorGraph')),
  ];
}

function entries(...ids: readonly string[]): MenuItem[] {
  const there = ids.filter((id) => commands.some((command) => command.id === id));
  return there.map((id) => ({ ...commandItem(id), label: short[id] ?? commandItem(id).label }));
}

function grouped(items: readonly MenuItem[]): MenuItem[] {
  return items.map((item, index) => (index === 0 ? { ...item, startsGroup: true } : item));
}
