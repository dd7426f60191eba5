// Where a person is: selection, focus, open blocks, the chip in the hand, tabs and dialogs. Never part of the document.
import { create } from 'zustand';
import type { Plan, SlotId } from '../plan/plan.ts';
import { slotBlock } from '../plan/slots.ts';

export type DockTab = 'run' | 'curves' | 'images' | 'compare' | 'search' | 'problems' | 'log' | 'history';
export type LeftTab = 'operators' | 'outline';
export type Dialog =
  | { readonly kind: 'palette'; readonly query: string }
  | { readonly kind: 'replace' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'export' }
  | { readonly kind: 'storage' }
  | { readonly kind: 'styles' }
  | { readonly kind: 'operatorGraph'; readonly slot: SlotId };

/** A chip between palette and slot: dragged, or picked up with a click and waiting for one. */
export interface Hand {
  readonly operator: string;
  /** A variant of the palette, e.g. ratio 3; null for the operator's defaults. */
  readonly variant: Readonly<Record<string, number | string>> | null;
  readonly manner: 'drag' | 'click';
  readonly over: SlotId | null;
}

/** What the slots show beside their names: nothing, or one number each. */
export type Lens = 'structure' | 'cost' | 'locality' | 'error' | 'drift';

/** One half of the split canvas. */
export interface SplitSide {
  readonly label: string;
  /** What stands in the slots; the teacher where nothing does. Null: the plan that is being edited. */
  readonly slots: Plan['slots'] | null;
}

export interface Split {
  readonly left: SplitSide;
  readonly right: SplitSide;
}

/** Where on the canvas a model stands: alone, or on one side of the split. */
export type Side = 'only' | keyof Split;

export interface ViewState {
  readonly selection: readonly SlotId[];
  /** The slot that keys act from; the last one touched. */
  readonly focus: SlotId | null;
  readonly expandedBlocks: readonly number[];
  /** Slots of expanded blocks whose primitives are shown too. */
  readonly expandedOperators: readonly SlotId[];
  /** The block that stays where it is on screen while others make room. */
  readonly anchorBlock: number;
  readonly lens: Lens;
  /** Sequence length that the cost lens counts at; null: the model's own. */
  readonly costTokens: number | null;
  /** Tenth of the timesteps that the error lens shows, 0 is t < 100; null: all of them. */
  readonly errorBin: number | null;
  /** Is the table of the lens open? */
  readonly lensTable: boolean;
  /** Two plans beside each other under one camera; null: the plan alone. */
  readonly split: Split | null;
  /** Grafted slots that run their teacher in the pictures; the plan does not know. */
  readonly bypassed: readonly SlotId[];
  readonly hand: Hand | null;
  readonly dockTab: DockTab;
  readonly leftTab: LeftTab;
  readonly dialog: Dialog | null;
  /** The sentence for screen readers, and when it was said, so that the same sentence can be said twice. */
  readonly announcement: { readonly text: string; readonly at: number };
  readonly toast: { readonly text: string; readonly tone: 'plain' | 'error'; readonly at: number } | null;
  /** A series of the curves that the pointer is over. */
  readonly hoveredSeries: string | null;
}

export const useView = create<ViewState>()(() => ({
  selection: [],
  focus: null,
  expandedBlocks: [],
  expandedOperators: [],
  anchorBlock: 0,
  lens: 'structure',
  costTokens: null,
  errorBin: null,
  lensTable: false,
  split: null,
  bypassed: [],
  hand: null,
  dockTab: 'run',
  leftTab: 'operators',
  dialog: null,
  announcement: { text: '', at: 0 },
  toast: null,
  hoveredSeries: null,
}));

export const selectIsSelected =
  (slot: SlotId) =>
  (state: ViewState): boolean =>
    state.selection.includes(slot);
export const selectIsFocus =
  (slot: SlotId) =>
  (state: ViewState): boolean =>
    state.focus === slot;
export const selectHandOver =
  (slot: SlotId) =>
  (state: ViewState): Hand | null =>
    state.hand?.over === slot ? state.hand : null;

export function select(
  slots: readonly SlotId[],
  focus: SlotId | null = slots[slots.length - 1] ?? null,
): void {
  useView.setState({ selection: slots, focus });
}

export function toggleSelected(slot: SlotId): void {
  const { selection } = useView.getState();
  const rest = selection.filter((selected) => selected !== slot);
  select(rest.length === selection.length ? [...selection, slot] : rest, slot);
}

/** Adds every slot between the focus and this one, of the same column. */
export function extendSelection(slots: readonly SlotId[], focus: SlotId): void {
  const { selection } = useView.getState();
  select([...new Set([...selection, ...slots])], focus);
}

export function focusSlot(slot: SlotId): void {
  if (useView.getState().focus !== slot) useView.setState({ focus: slot });
}

export function toggleBlock(block: number): void {
  const { expandedBlocks } = useView.getState();
  const rest = expandedBlocks.filter((expanded) => expanded !== block);
  setExpandedBlocks(rest.length === expandedBlocks.length ? [...rest, block] : rest, block);
}

/** @param anchor the block that keeps its place on screen; the one with the focus where none is given */
export function setExpandedBlocks(blocks: readonly number[], anchor = anchorOf(useView.getState())): void {
  useView.setState(({ expandedOperators }) => ({
    expandedBlocks: blocks,
    expandedOperators: expandedOperators.filter((slot) => blocks.includes(slotBlock(slot))),
    anchorBlock: anchor,
  }));
}

/** Opens the blocks of these slots too: an operator is shown inside its block. */
export function setExpandedOperators(slots: readonly SlotId[], anchor = anchorOf(useView.getState())): void {
  useView.setState(({ expandedBlocks }) => ({
    expandedOperators: slots,
    expandedBlocks: [...new Set([...expandedBlocks, ...slots.map(slotBlock)])],
    anchorBlock: anchor,
  }));
}

export function toggleOperator(slot: SlotId): void {
  const { expandedOperators } = useView.getState();
  const rest = expandedOperators.filter((expanded) => expanded !== slot);
  setExpandedOperators(rest.length === expandedOperators.length ? [...rest, slot] : rest, slotBlock(slot));
}

function anchorOf({ focus, anchorBlock }: ViewState): number {
  return focus === null ? anchorBlock : slotBlock(focus);
}

export function setLens(lens: Lens): void {
  useView.setState(lens === 'structure' ? { lens, lensTable: false } : { lens });
}

export function setCostTokens(costTokens: number | null): void {
  useView.setState({ costTokens });
}

export function setErrorBin(errorBin: number | null): void {
  useView.setState({ errorBin });
}

export function showLensTable(lensTable: boolean): void {
  useView.setState({ lensTable });
}

export function setSplit(split: Split | null): void {
  useView.setState({ split });
}

export function setBypassed(bypassed: readonly SlotId[]): void {
  useView.setState({ bypassed });
}

export function takeInHand(hand: Omit<Hand, 'over'> | null): void {
  // A message may cover the slots; taking a chip means that it was read.
  useView.setState({ hand: hand && { ...hand, over: null }, ...(hand ? { toast: null } : {}) });
}

export function hoverWithHand(over: SlotId | null): void {
  const { hand } = useView.getState();
  if (hand && hand.over !== over) useView.setState({ hand: { ...hand, over } });
}

export function openDialog(dialog: Dialog): void {
  useView.setState({ dialog });
}

export function closeDialog(): void {
  useView.setState({ dialog: null });
}

export function showDock(dockTab: DockTab): void {
  useView.setState({ dockTab });
}

export function showLeft(leftTab: LeftTab): void {
  useView.setState({ leftTab });
}

export function announce(text: string): void {
  useView.setState({ announcement: { text, at: Date.now() } });
}

/** Says something to everybody: on screen for some seconds, and to screen readers. */
export function say(text: string, tone: 'plain' | 'error' = 'plain'): void {
  useView.setState({ toast: { text, tone, at: Date.now() }, announcement: { text, at: Date.now() } });
}

export function clearToast(): void {
  useView.setState({ toast: null });
}
