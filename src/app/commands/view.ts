// Commands that change what is seen and nothing else.
import { planHash } from '../../plan/hash.ts';
import type { SlotId } from '../../plan/plan.ts';
import { allSlots, slotBlock } from '../../plan/slots.ts';
import { currentPlan } from '../../store/documentStore.ts';
import { forgetViews, savedViews, saveView } from '../../store/savedViews.ts';
import { model } from '../../store/sessionStore.ts';
import { type Settings, setSettings, useSettings } from '../../store/settingsStore.ts';
import {
  announce,
  type DockTab,
  type Lens,
  openDialog,
  say,
  setExpandedBlocks,
  setExpandedOperators,
  setLens,
  setSplit,
  showDock,
  showLeft,
  showLensTable,
  useView,
} from '../../store/viewStore.ts';
import { fitAll, fitSlots, goToView, viewNow, zoomBy } from '../canvas/camera.ts';
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
  { tab: 'search', title: 'Show the search over plans' },
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
  return [...new Set(slotsOfSelection().map(slotBlock))];
}

function slotsOfSelection(): readonly SlotId[] {
  const { selection, focus } = useView.getState();
  return selection.length > 0 ? selection : focus ? [focus] : [];
}

/** One level deeper: blocks to operations, then operators to primitives. */
function expandSelected(slots: readonly SlotId[]): void {
  const { expandedBlocks, expandedOperators } = useView.getState();
  const closed = slots.map(slotBlock).filter((block) => !expandedBlocks.includes(block));
  if (closed.length > 0) setExpandedBlocks([...new Set([...expandedBlocks, ...closed])]);
  else setExpandedOperators([...new Set([...expandedOperators, ...slots])]);
}

/** One level back. */
function collapseSelected(slots: readonly SlotId[]): void {
  const { expandedBlocks, expandedOperators } = useView.getState();
  const open = slots.filter((slot) => expandedOperators.includes(slot));
  if (open.length > 0) setExpandedOperators(expandedOperators.filter((slot) => !open.includes(slot)));
  else setExpandedBlocks(expandedBlocks.filter((block) => !slots.map(slotBlock).includes(block)));
}

const needsSlot = () => (blocksOfSelection().length > 0 ? null : 'choose a slot first');
const needsModel = () => (model() ? null : 'the model is still opening');

const structure: readonly Command[] = [
  {
    id: 'view.expand',
    title: 'Expand: blocks to operations, operators to primitives',
    group: 'View',
    keys: ['E'],
    unavailable: needsSlot,
    run: () => expandSelected(slotsOfSelection()),
  },
  {
    id: 'view.collapse',
    title: 'Collapse by one level',
    group: 'View',
    keys: ['C'],
    unavailable: needsSlot,
    run: () => collapseSelected(slotsOfSelection()),
  },
  {
    id: 'view.expandAll',
    title: 'Expand everything by one level',
    group: 'View',
    keys: ['Shift+E'],
    unavailable: needsModel,
    run: () => expandSelected(allSlots(model()?.config.depth ?? 0)),
  },
  {
    id: 'view.collapseAll',
    title: 'Collapse everything',
    group: 'View',
    keys: ['Shift+C'],
    unavailable: needsModel,
    run: () => setExpandedBlocks([]),
  },
  {
    id: 'view.split',
    title: 'Split the canvas: pretrained model beside the plan',
    group: 'View',
    keys: ['\\'],
    icon: 'split',
    keywords: 'compare two side by side base graft',
    unavailable: needsModel,
    run: toggleSplit,
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

/** What stands beside what is decided by whoever shows two plans; the key shows the pretrained model beside the plan. */
function toggleSplit(): void {
  const isSplit = useView.getState().split !== null;
  const name = `Plan ${planHash(currentPlan()).slice(0, 4)}`;
  setSplit(
    isSplit ? null : { left: { label: 'Pretrained model', slots: {} }, right: { label: name, slots: null } },
  );
  announce(
    isSplit ? 'One model on the canvas.' : 'The pretrained model is at the left, the plan at the right.',
  );
}

const lensTitles: readonly { readonly lens: Lens; readonly title: string }[] = [
  { lens: 'structure', title: 'Lens: structure' },
  { lens: 'cost', title: 'Lens: cost at any number of tokens' },
  { lens: 'locality', title: 'Lens: locality of the attention' },
  { lens: 'error', title: 'Lens: error after stage 1' },
  { lens: 'drift', title: 'Lens: weight drift' },
];

const lenses: readonly Command[] = [
  ...lensTitles.map(
    ({ lens, title }, index): Command => ({
      id: `lens.${lens}`,
      title,
      group: 'View',
      keys: [String(index + 1)],
      keywords: 'heat map colour',
      unavailable: needsModel,
      run: () => setLens(lens),
    }),
  ),
  {
    id: 'lens.table',
    title: 'Show or hide the table of the lens',
    group: 'View',
    keys: ['T'],
    icon: 'table',
    unavailable: () =>
      useView.getState().lens === 'structure'
        ? 'choose a lens first: 2 cost, 3 locality, 4 error, 5 drift'
        : null,
    run: () => showLensTable(!useView.getState().lensTable),
  },
];

const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** The first press keeps the present view under the number, later ones come back to it. */
function saveOrGo(number: number): void {
  const saved = savedViews()[number];
  if (saved) {
    const { camera, lens, costTokens, errorBin, expandedBlocks, expandedOperators } = saved;
    useView.setState({ lens, costTokens, errorBin, expandedBlocks, expandedOperators });
    // The camera follows once the blocks have their new places.
    requestAnimationFrame(() => goToView(camera));
    announce(`View ${number}.`);
    return;
  }
  const camera = viewNow();
  if (!camera) return;
  const { lens, costTokens, errorBin, expandedBlocks, expandedOperators } = useView.getState();
  saveView(number, { camera, lens, costTokens, errorBin, expandedBlocks, expandedOperators });
  say(`This view is kept as ${number}.`);
}

const views: readonly Command[] = [
  ...numbers.map(
    (number): Command => ({
      id: `view.saved${number}`,
      title: `Go to view ${number}, or keep this one as ${number}`,
      group: 'View',
      keys: [`Alt+${number}`],
      unavailable: needsModel,
      run: () => saveOrGo(number),
    }),
  ),
  {
    id: 'view.forgetSaved',
    title: 'Forget the nine kept views',
    group: 'View',
    keys: [],
    unavailable: () => (Object.keys(savedViews()).length > 0 ? null : 'no view is kept'),
    run: forgetViews,
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

export const viewCommands: readonly Command[] = [
  ...panels,
  ...docks,
  ...lenses,
  ...structure,
  ...camera,
  ...views,
  ...looks,
];
