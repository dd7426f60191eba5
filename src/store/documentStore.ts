// The document: the tree of plans, where the person stands in it, and the project that it belongs to.
import { create } from 'zustand';
import { planHash } from '../plan/hash.ts';
import {
  canRedo,
  canUndo,
  type Edit,
  goTo,
  type History,
  type NodeId,
  type PlanNode,
  present,
  presentNode,
  record,
  redo,
  removeBranch,
  rename,
  restoreBranch,
  seal,
  startHistory,
  thin,
  undo,
} from '../plan/history.ts';
import { emptyPlan, type Plan, type SlotId, type SlotPlan } from '../plan/plan.ts';
import { say } from './viewStore.ts';

/** Id of the model that ships with the page; replaced by the id of the model that is opened. */
export const bundledBase = 'dit-fashion-mnist';

export interface Project {
  /** Names its record in storage. */
  readonly id: string;
  readonly name: string;
}

export const unnamedProject = 'Untitled';

export interface DocumentState {
  readonly project: Project;
  readonly history: History;
  /** When the plan was last written to storage, in ms since 1970; null before the first time. */
  readonly savedAt: number | null;
}

export const useDocument = create<DocumentState>()(() => ({
  project: { id: newProjectId(), name: unnamedProject },
  history: startHistory(emptyPlan(bundledBase), 'Pretrained model', Date.now()),
  savedAt: null,
}));

export function newProjectId(): string {
  return crypto.randomUUID();
}

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

/** What the last edit was called. */
export function presentLabel(): string {
  return presentNode(useDocument.getState().history).label;
}

/** Why nothing can be changed now, or null. Set by whoever knows of other tabs. */
let refusal: () => string | null = () => null;

export function refuseChanges(ask: () => string | null): void {
  refusal = ask;
}

function change(step: (history: History) => History): boolean {
  const before = useDocument.getState().history;
  const history = step(before);
  if (history === before) return false;
  const reason = refusal();
  if (reason !== null) {
    say(reason, 'error');
    return false;
  }
  useDocument.setState({ history });
  return true;
}

/** A tree above this lets old steps go until it is down to `usualTree`; a plan is about 1 KB. */
const largestTree = 600;
const usualTree = 400;

/** Makes one plan of the tree of an edit; true when it changed something. */
export function editPlan(edit: Edit): boolean {
  return change((history) => {
    const next = record(history, edit, Date.now());
    return next.nodes.size > largestTree ? thin(next, usualTree, hasResults) : next;
  });
}

/** Asked when old steps are let go: plans with results stay in the tree. Set by whoever keeps results. */
let keepsResults: (hash: string) => boolean = () => false;

export function keepPlansWith(results: (hash: string) => boolean): void {
  keepsResults = results;
}

function hasResults(node: PlanNode): boolean {
  return keepsResults(planHash(node.plan));
}

export function undoEdit(): boolean {
  return change(undo);
}

export function redoEdit(): boolean {
  return change(redo);
}

export function goToPlan(id: NodeId): boolean {
  return change((history) => goTo(history, id));
}

export function renamePlan(id: NodeId, name: string): boolean {
  const trimmed = name.trim();
  return change((history) => rename(history, id, trimmed === '' ? null : trimmed));
}

export function deleteBranch(id: NodeId): boolean {
  return change((history) => removeBranch(history, id));
}

export function restoreDeleted(): boolean {
  return change(restoreBranch);
}

/** Ends a slider drag: the next change of the same setting is an edit of its own. */
export function endDrag(): void {
  change(seal);
}

/** Starts over with a plan, as when the page opens. */
export function startDocument(plan: Plan, label: string): void {
  useDocument.setState({ history: startHistory(plan, label, Date.now()) });
}

/** Has nothing been edited yet? */
export function isUntouched(): boolean {
  return useDocument.getState().history.nodes.size === 1;
}

export function nameProject(name: string): void {
  const { project } = useDocument.getState();
  useDocument.setState({ project: { ...project, name: name.trim() || unnamedProject } });
}

export function markSaved(savedAt: number): void {
  useDocument.setState({ savedAt });
}
