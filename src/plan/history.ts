// Undo and redo: a line of plans and a place on it. Selection, camera and panels are not in here.
import { known } from '../lib/errors.ts';
import type { Plan } from './plan.ts';

export interface HistoryEntry {
  readonly plan: Plan;
  /** What led here, e.g. `Sliding window on block 3 attention`. */
  readonly label: string;
  /** Edits with the same key in a row are one entry: the steps of one slider drag. */
  readonly mergeKey: string | null;
}

export interface History {
  readonly entries: readonly HistoryEntry[];
  readonly index: number;
}

export interface Edit {
  readonly plan: Plan;
  readonly label: string;
  readonly mergeKey?: string | null;
}

/** Older entries are let go; a plan is about 1 KB. */
export const longestHistory = 500;

export function startHistory(plan: Plan, label: string): History {
  return { entries: [{ plan, label, mergeKey: null }], index: 0 };
}

export function present(history: History): Plan {
  return known(history.entries[history.index], 'the present plan').plan;
}

/** Adds an edit. A plan that is the same object as the present one adds nothing. */
export function record(history: History, edit: Edit): History {
  if (edit.plan === present(history)) return history;
  const { plan, label, mergeKey = null } = edit;
  const past = history.entries.slice(0, history.index + 1);
  const last = past[past.length - 1];
  const merges = mergeKey !== null && history.index > 0 && last?.mergeKey === mergeKey;
  if (merges) past.pop();
  past.push({ plan, label, mergeKey });
  const entries = past.slice(-longestHistory);
  return { entries, index: entries.length - 1 };
}

/** Ends a run of merged edits: the next edit is an entry of its own even with the same key. */
export function seal(history: History): History {
  const last = history.entries[history.index];
  if (!last?.mergeKey) return history;
  const entries = [...history.entries];
  entries[history.index] = { ...last, mergeKey: null };
  return { entries, index: history.index };
}

export function undo(history: History): History {
  return goTo(history, history.index - 1);
}

export function redo(history: History): History {
  return goTo(history, history.index + 1);
}

/** Moves to an entry of the list; outside of it, nothing changes. */
export function goTo(history: History, index: number): History {
  if (index === history.index || !history.entries[index]) return history;
  return { entries: seal(history).entries, index };
}

export function canUndo(history: History): boolean {
  return history.index > 0;
}

export function canRedo(history: History): boolean {
  return history.index < history.entries.length - 1;
}
