// Commands that change what is seen and nothing else.
import { slotBlock } from '../../plan/slots.ts';
import { model } from '../../store/sessionStore.ts';
import { type Settings, setSettings, useSettings } from '../../store/settingsStore.ts';
import {
  type DockTab,
  openDialog,
  setExpandedBlocks,
  showDock,
  showLeft,
  toggleBlock,
  useView,
} from '../../store/viewStore.ts';
import { fitAll, fitSlots, zoomBy } from '../canvas/camera.ts';
import { always, type Command } from './command.ts';

type Panel = 'leftOpen' | 'rightOpen' | 'dockOpen';

function toggle(panel: Panel): void {
  const patch: Partial<Settings> = { [panel]: !useSettings.getState()[panel] };
  setSettings(patch);
}

function toggleFocusMode(): void {
  const { leftOpen, rightOpen, dockOpen } = useSettings.getState();
  const open = !(leftOpen || rightOpen || dockOpen);
  setSettings({ leftOpen: open, rightOpen: open, dockOpen: open });
}

const panels: readonly Command[] = [
  { id: 'view.left', title: 'Show or hide the left panel', key: '[', run: () => toggle('leftOpen') },
  { id: 'view.right', title: 'Show or hide the inspector', key: ']', run: () => toggle('rightOpen') },
  { id: 'view.dock', title: 'Show or hide the dock', key: '`', run: () => toggle('dockOpen') },
  { id: 'view.focus', title: 'Focus mode: the canvas alone', key: 'F', run: toggleFocusMode },
].map(({ key, ...command }) => ({ ...command, group: 'View', keys: [key], unavailable: always }));

const tabs: readonly { readonly tab: DockTab; readonly title: string }[] = [
  { tab: 'run', title: 'Show the run' },
  { tab: 'curves', title: 'Show the curves' },
  { tab: 'images', title: 'Show the images' },
  { tab: 'problems', title: 'Show the problems' },
  { tab: 'history', title: 'Show the history of the plan' },
];

const docks: readonly Command[] = tabs.map(({ tab, title }) => ({
  id: `view.${tab}`,
  title,
  group: 'View',
  keys: [],
  unavailable: always,
  run: () => {
    setSettings({ dockOpen: true });
    showDock(tab);
  },
}));

function blocksOfSelection(): number[] {
  const { selection, focus } = useView.getState();
  const slots = selection.length > 0 ? selection : focus ? [focus] : [];
  return [...new Set(slots.map(slotBlock))];
}

function expandSelected(open: boolean): void {
  const { expandedBlocks } = useView.getState();
  for (const block of blocksOfSelection()) if (expandedBlocks.includes(block) !== open) toggleBlock(block);
}

const needsSlot = () => (blocksOfSelection().length > 0 ? null : 'choose a slot first');
const needsModel = () => (model() ? null : 'the model is still opening');

const structure: readonly Command[] = [
  {
    id: 'view.expand',
    title: 'Expand the block',
    group: 'View',
    keys: ['E'],
    unavailable: needsSlot,
    run: () => expandSelected(true),
  },
  {
    id: 'view.collapse',
    title: 'Collapse the block',
    group: 'View',
    keys: ['C'],
    unavailable: needsSlot,
    run: () => expandSelected(false),
  },
  {
    id: 'view.expandAll',
    title: 'Expand all blocks',
    group: 'View',
    keys: ['Shift+E'],
    unavailable: needsModel,
    run: () => setExpandedBlocks(Array.from({ length: model()?.config.depth ?? 0 }, (_, block) => block)),
  },
  {
    id: 'view.collapseAll',
    title: 'Collapse all blocks',
    group: 'View',
    keys: ['Shift+C'],
    unavailable: needsModel,
    run: () => setExpandedBlocks([]),
  },
  {
    id: 'view.operatorGraph',
    title: 'Show the primitive graph of the operator',
    group: 'View',
    keys: ['G'],
    icon: 'graph',
    unavailable: () => (useView.getState().focus ? null : 'choose a slot first'),
    run: () => {
      const { focus } = useView.getState();
      if (focus) openDialog({ kind: 'operatorGraph', slot: focus });
    },
  },
];

const camera: readonly Command[] = [
  {
    id: 'view.fit',
    title: 'Fit the whole model',
    group: 'View',
    keys: ['0'],
    icon: 'fit',
    unavailable: needsModel,
    run: fitAll,
  },
  {
    id: 'view.fitSelection',
    title: 'Fit the selection',
    group: 'View',
    keys: ['.'],
    unavailable: needsSlot,
    run: () => fitSlots(blocksOfSelection()),
  },
  {
    id: 'view.zoomIn',
    title: 'Zoom in',
    group: 'View',
    keys: ['+', '='],
    icon: 'plus',
    unavailable: needsModel,
    run: () => zoomBy(1.2),
  },
  {
    id: 'view.zoomOut',
    title: 'Zoom out',
    group: 'View',
    keys: ['-'],
    icon: 'minus',
    unavailable: needsModel,
    run: () => zoomBy(1 / 1.2),
  },
];

const looks: readonly Command[] = [
  {
    id: 'view.theme',
    title: 'Switch between light and dark',
    group: 'View',
    keys: [],
    icon: 'theme',
    keywords: 'theme colour mode',
    unavailable: always,
    run: () => setSettings({ theme: isDark() ? 'light' : 'dark' }),
  },
  {
    id: 'view.systemTheme',
    title: 'Follow the theme of the system',
    group: 'View',
    keys: [],
    unavailable: () => (useSettings.getState().theme === 'system' ? 'it does already' : null),
    run: () => setSettings({ theme: 'system' }),
  },
  {
    id: 'view.operators',
    title: 'Show the operators',
    group: 'View',
    keys: [],
    unavailable: always,
    run: () => openLeft('operators'),
  },
  {
    id: 'view.outline',
    title: 'Show the outline',
    group: 'View',
    keys: [],
    unavailable: always,
    run: () => openLeft('outline'),
  },
];

function openLeft(tab: 'operators' | 'outline'): void {
  setSettings({ leftOpen: true });
  showLeft(tab);
}

function isDark(): boolean {
  const { theme } = useSettings.getState();
  return theme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}

export const viewCommands: readonly Command[] = [...panels, ...docks, ...structure, ...camera, ...looks];
