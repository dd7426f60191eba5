// The context menus of slots and blocks, by right click or the menu key: the commands of the registry that act on the
// selection, which a menu first moves to what it was opened on.
import { operators } from '../operators/index.ts';
import type { SlotId } from '../plan/plan.ts';
import { isSlotId, slotId, slotKind, slotLabel } from '../plan/slots.ts';
import { select, useView } from '../store/viewStore.ts';
import { commands } from './commands/index.ts';
import { commandItem } from './parts/CommandButton.tsx';
import { openContextMenu } from './parts/ContextMenu.tsx';
import type { MenuItem } from './parts/Menu.tsx';

/** Listens on the canvas and the outline alike: whatever says which slot or block it is. */
export function listenForCanvasMenu(): () => void {
  window.addEventListener('contextmenu', onMenu);
  return () => window.removeEventListener('contextmenu', onMenu);
}

function onMenu(event: MouseEvent): void {
  const { target } = event;
  const element =
    target instanceof Element
      ? target.closest<HTMLElement>('[data-slot], [data-outline], [data-block]')
      : null;
  const menu = element && menuOf(element.dataset);
  if (!menu) return;
  event.preventDefault();
  const { left, top, height } = element.getBoundingClientRect();
  // The menu key has no place of its own.
  const isKey = event.clientX === 0 && event.clientY === 0;
  openContextMenu({
    ...menu,
    x: isKey ? left : event.clientX,
    y: isKey ? top + Math.min(height, 40) : event.clientY,
  });
}

interface CanvasMenu {
  readonly label: string;
  readonly items: readonly MenuItem[];
}

function menuOf({ slot, outline, block }: DOMStringMap): CanvasMenu | null {
  const at = slot ?? outline;
  if (at !== undefined) return isSlotId(at) ? slotMenu(at) : null;
  return block === undefined ? null : blockMenu(Number(block));
}

function slotMenu(slot: SlotId): CanvasMenu {
  if (!useView.getState().selection.includes(slot)) select([slot]);
  return { label: slotLabel(slot), items: slotItems(slot) };
}

function blockMenu(block: number): CanvasMenu {
  select([slotId(block, 'attn'), slotId(block, 'mlp')]);
  return {
    label: `Block ${block}`,
    items: [
      ...entries('view.expand', 'view.collapse', 'view.fitSelection'),
      ...grouped(entries('edit.restore', 'edit.bypass', 'edit.copy', 'edit.cut', 'edit.paste')),
      ...grouped(entries('select.upstream', 'select.downstream')),
      ...grouped(entries('view.expandAll', 'view.collapseAll')),
    ],
  };
}

/** Beside the thing itself, fewer words than in the palette are enough. */
const short: Readonly<Record<string, string>> = {
  'edit.replace': 'Replace…',
  'edit.restore': 'Restore the teacher',
  'edit.bypass': 'Bypass',
  'edit.copy': 'Copy',
  'edit.cut': 'Cut',
  'edit.paste': 'Paste',
  'select.sameOperator': 'Select the same operator',
  'select.sameKind': 'Select the same kind',
  'select.upstream': 'Select upstream',
  'select.downstream': 'Select downstream',
  'view.expand': 'Expand',
  'view.collapse': 'Collapse',
  'view.expandAll': 'Expand all',
  'view.collapseAll': 'Collapse all',
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
