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
  const onMenu = (event: MouseEvent) => {
    const element =
      event.target instanceof Element
        ? event.target.closest<HTMLElement>('[data-slot], [data-outline]')
        : null;
    const slot = element?.dataset.slot ?? element?.dataset.outline;
    if (!element || slot === undefined || !isSlotId(slot)) return;
    event.preventDefault();
    if (!useView.getState().selection.includes(slot)) select([slot]);
    const { left, bottom } = element.getBoundingClientRect();
    // The menu key has no place of its own.
    const isKey = event.clientX === 0 && event.clientY === 0;
    openContextMenu({
      label: slotLabel(slot),
      items: slotItems(slot),
      x: isKey ? left : event.clientX,
      y: isKey ? bottom : event.clientY,
    });
  };
  window.addEventListener('contextmenu', onMenu);
  return () => window.removeEventListener('contextmenu', onMenu);
}

function slotItems(slot: SlotId): MenuItem[] {
  const fitting = operators.filter((operator) => operator.kind === slotKind(slot));
  const has = (id: string) => commands.some((command) => command.id === id);
  const list = (...ids: readonly string[]) => ids.filter(has).map(commandItem);
  return [
    ...list('edit.replace', 'edit.restore', 'edit.bypass'),
    ...grouped(list(...fitting.map((operator) => `place.${operator.id}`))),
    ...grouped(list('edit.copy', 'edit.cut', 'edit.paste')),
    ...grouped(list('select.sameOperator', 'select.sameKind', 'view.expand', 'view.operatorGraph')),
  ];
}

function grouped(items: readonly MenuItem[]): MenuItem[] {
  return items.map((item, index) => (index === 0 ? { ...item, startsGroup: true } : item));
}
