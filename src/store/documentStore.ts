// The document: a plan, how it came about, and the way back.
import { create } from 'zustand';
import {
  canRedo,
  canUndo,
  type Edit,
  goTo,
  type History,
  present,
  record,
  redo,
  seal,
  startHistory,
  undo,
} from '../plan/history.ts';
import { emptyPlan, type Plan, type SlotId, type SlotPlan } from '../plan/plan.ts';

/** Id of the model that ships with the page; replaced by the id of the model that is opened. */
export const bundledBase = 'dit-fashion-mnist';

export interface DocumentState {
  readonly history: History;
  /** When the plan was last written to storage, in ms since 1970; null before the first time. */
  readonly savedAt: number | null;
}

export const useDocument = create<DocumentState>()(() => ({
  history: startHistory(emptyPlan(bundledBase), 'Pretrained model'),
  savedAt: null,
}));

export const selectPlan = (state: DocumentState): Plan => present(state.history);
export const selectCanUndo = (state: DocumentState): boolean => canUndo(state.history);
export const selectCanRedo = (state: DocumentState): boolean => canRedo(state.history);

/** What a slot holds; undefined for the teacher. Stable, so that a node re-renders only when its own slot changes. */
export const selectSlot =
  (slot: SlotId) =>
  (state: DocumentState): SlotPlan | undefined =>
    selectPlan(state).slots[slot];

export function currentPlan(): Plan {
  return selectPlan(useDocument.getState());
}

function change(step: (history: History) => History): boolean {
  const before = useDocument.getState().history;
  const history = step(before);
  if (history === before) return false;
  useDocument.setState({ history });
  return true;
}

/** Makes one history entry of an edit; true when it changed something. */
export function editPlan(edit: Edit): boolean {
  return change((history) => record(history, edit));
}

export function undoEdit(): boolean {
  return change(undo);
}

export function redoEdit(): boolean {
  return change(redo);
}

export function goToEdit(index: number): boolean {
  return change((history) => goTo(history, index));
}

/** Ends a slider drag: the next change of the same setting is an entry of its own. */
export function endDrag(): void {
  change(seal);
}

/** Starts over with a plan, as when the page opens. */
export function startDocument(plan: Plan, label: string): void {
  useDocument.setState({ history: startHistory(plan, label) });
}

export function markSaved(savedAt: number): void {
  useDocument.setState({ savedAt });
}
