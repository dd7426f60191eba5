// Commands that move the focus and select slots.
import type { SlotId } from '../../plan/plan.ts';
import { selectionPresets } from '../../plan/presets.ts';
import { allSlots, compareSlots, slotBlock, slotId, slotKind, slotPart } from '../../plan/slots.ts';
import { currentPlan } from '../../store/documentStore.ts';
import { selectLocality, useLensMeasures } from '../../store/lensMeasures.ts';
import { model } from '../../store/sessionStore.ts';
import { announce, extendSelection, select, useView } from '../../store/viewStore.ts';
import { reveal } from '../canvas/camera.ts';
import type { Command } from './command.ts';

const depth = () => model()?.config.depth ?? 0;
const needsModel = () => (model() ? null : 'the model is still opening');

function choose(slots: readonly SlotId[], what: string): void {
  select(slots);
  announce(`${slots.length} slots selected: ${what}.`);
}

const presets: readonly Command[] = selectionPresets.map((preset) => ({
  id: `select.${preset.id}`,
  title: `Select ${preset.label}`,
  group: 'Select',
  keys: [],
  keywords: preset.detail,
  unavailable: needsModel,
  run: () => choose(preset.slots(depth()), preset.label),
}));

const alike: readonly Command[] = [
  {
    id: 'select.sameKind',
    title: 'Select all slots of this kind',
    group: 'Select',
    keys: ['Mod+A'],
    unavailable: needsModel,
    run: () => {
      const kind = slotKind(useView.getState().focus ?? slotId(0, 'attn'));
      choose(
        allSlots(depth()).filter((slot) => slotKind(slot) === kind),
        kind === 'sequence' ? 'all attention' : 'all MLP',
      );
    },
  },
  {
    id: 'select.sameOperator',
    title: 'Select slots that hold the same operator',
    group: 'Select',
    keys: [],
    unavailable: () => (useView.getState().focus ? null : 'choose a slot first'),
    run: () => {
      const { focus } = useView.getState();
      if (!focus) return;
      const plan = currentPlan();
      const held = plan.slots[focus]?.operator;
      choose(
        allSlots(depth()).filter(
          (slot) => slotKind(slot) === slotKind(focus) && plan.slots[slot]?.operator === held,
        ),
        'same operator',
      );
    },
  },
];

/** The slot one step away in the two columns, or the same one at the edge. */
export function neighbour(
  slot: SlotId,
  move: { readonly blocks: number; readonly columns: number },
  depth: number,
): SlotId {
  const block = Math.min(depth - 1, Math.max(0, slotBlock(slot) + move.blocks));
  if (move.columns === 0) return slotId(block, slotPart(slot));
  return slotId(block, move.columns < 0 ? 'attn' : 'mlp');
}

function walk(move: { readonly blocks: number; readonly columns: number }): void {
  const { focus } = useView.getState();
  const next = focus ? neighbour(focus, move, depth()) : slotId(0, 'attn');
  select([next]);
  reveal(next);
}

function extend(blocks: number): void {
  const { focus } = useView.getState();
  const next = focus ? neighbour(focus, { blocks, columns: 0 }, depth()) : slotId(0, 'attn');
  extendSelection(focus ? [focus, next] : [next], next);
  reveal(next);
}

const moves = [
  { id: 'up', title: 'Slot above', key: 'ArrowUp', move: { blocks: -1, columns: 0 } },
  { id: 'down', title: 'Slot below', key: 'ArrowDown', move: { blocks: 1, columns: 0 } },
  { id: 'left', title: 'Attention slot of the block', key: 'ArrowLeft', move: { blocks: 0, columns: -1 } },
  { id: 'right', title: 'MLP slot of the block', key: 'ArrowRight', move: { blocks: 0, columns: 1 } },
] as const;

const walking: readonly Command[] = moves.map(({ id, title, key, move }) => ({
  id: `select.${id}`,
  title,
  group: 'Select',
  keys: [key],
  scope: 'canvas',
  unavailable: needsModel,
  run: () => walk(move),
}));

const extending: readonly Command[] = [
  { id: 'select.extendUp', title: 'Extend the selection upwards', key: 'Shift+ArrowUp', blocks: -1 },
  { id: 'select.extendDown', title: 'Extend the selection downwards', key: 'Shift+ArrowDown', blocks: 1 },
].map(({ id, title, key, blocks }) => ({
  id,
  title,
  group: 'Select',
  keys: [key],
  scope: 'canvas',
  unavailable: needsModel,
  run: () => extend(blocks),
}));

/** Half of the attention slots by how much of the base's attention stays near. */
function chooseByLocality(which: 'least' | 'most'): void {
  const locality = selectLocality(useLensMeasures.getState());
  if (!locality) return;
  const sign = which === 'most' ? -1 : 1;
  const ranked = [...locality.slots].sort((a, b) => sign * (a.score - b.score));
  const half = ranked.slice(0, Math.floor(ranked.length / 2)).map(({ slot }) => slot);
  choose(half.sort(compareSlots), `${which} local attention`);
}

const needsLocality = () =>
  needsModel() ??
  (selectLocality(useLensMeasures.getState())
    ? null
    : 'open the locality lens (3) first: it measures the attention');

const byLocality: readonly Command[] = (['least', 'most'] as const).map((which) => ({
  id: `select.${which}Local`,
  title: `Select the ${which} local half of the attention`,
  group: 'Select',
  keys: [],
  keywords: 'band-k locality window',
  unavailable: needsLocality,
  run: () => chooseByLocality(which),
}));

/** From the slot with the focus to an end of the model, in its column, as arrows do with Shift. */
function chooseUpTo(end: 'upstream' | 'downstream'): void {
  const { focus } = useView.getState();
  if (!focus) return;
  const from = slotBlock(focus);
  const slots = allSlots(depth()).filter(
    (slot) =>
      slotKind(slot) === slotKind(focus) &&
      (end === 'upstream' ? slotBlock(slot) <= from : slotBlock(slot) >= from),
  );
  extendSelection(slots, focus);
  announce(`${useView.getState().selection.length} slots selected: ${end}.`);
}

const streams: readonly Command[] = [
  { end: 'upstream' as const, key: 'Shift+Home', title: 'Select everything upstream' },
  { end: 'downstream' as const, key: 'Shift+End', title: 'Select everything downstream' },
].map(({ end, key, title }) => ({
  id: `select.${end}`,
  title,
  group: 'Select',
  keys: [key],
  scope: 'canvas',
  unavailable: () => needsModel() ?? (useView.getState().focus ? null : 'choose a slot first'),
  run: () => chooseUpTo(end),
}));

export const selectCommands: readonly Command[] = [
  ...presets,
  ...byLocality,
  ...alike,
  ...streams,
  ...walking,
  ...extending,
];
