// The bar above the canvas: how many slots are selected, and the Select menu.
import { selectionPresets } from '../../plan/presets.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { useView } from '../../store/viewStore.ts';
import { commandById } from '../commands/index.ts';
import { Icon } from '../icons/Icon.tsx';
import { commandItem } from '../parts/CommandButton.tsx';
import { Menu, type MenuItem } from '../parts/Menu.tsx';

export function CanvasBar() {
  const selected = useView((state) => state.selection.length);
  const grafted = useDocument((state) => Object.keys(selectPlan(state).slots).length);
  const depth = useSession((state) => selectModel(state)?.config.depth ?? 0);
  if (depth === 0) return <div className="canvas-bar" />;
  return (
    <div className="canvas-bar">
      <span className="hint">{hint(selected, grafted, depth)}</span>
      <span className="spacer" />
      <Menu label="Select slots" items={selectItems} align="right">
        Select <Icon name="down" />
      </Menu>
    </div>
  );
}

function hint(selected: number, grafted: number, depth: number): string {
  if (selected > 1) return `${selected} slots selected. R replaces them all, X restores the teacher.`;
  if (grafted === 0) return 'Drag an operator from the left onto a slot, or select a slot and press R.';
  return `${grafted} of ${2 * depth} slots grafted`;
}

function selectItems(): MenuItem[] {
  const presets = selectionPresets.map((preset) => ({
    id: preset.id,
    label: preset.label,
    detail: preset.detail,
    run: () => commandById(`select.${preset.id}`).run(),
  }));
  return [...presets, commandItem('select.sameOperator'), commandItem('select.sameKind')];
}
