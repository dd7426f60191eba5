// Undo, redo and branches: a tree of plans and a place in it. Editing after undo grows a branch, so nothing is lost.
// Selection, camera and panels are not in here; results hang on the hashes of plans, not on this tree.
import { known } from '../lib/errors.ts';
import { canonical } from './canonical.ts';
import type { Plan } from './plan.ts';

export type NodeId = number;

export interface PlanNode {
  /** Counts up within a tree and is never given twice: a greater id is a later plan. */
  readonly id: NodeId;
  /** Null for the root alone. */
  readonly parent: NodeId | null;
  readonly plan: Plan;
  /** What led here from the parent, e.g. `Sliding window on block 3 attention`. */
  readonly label: string;
  /** The name that a person gave it; null while it has only the one made from the plan. */
  readonly name: string | null;
  /** Milliseconds since 1970. */
  readonly made: number;
}

/** A branch that was deleted, whole, so that it can come back. */
export interface RemovedBranch {
  /** The node where it was cut first; every other after its parent. */
  readonly nodes: readonly PlanNode[];
  readonly heirs: readonly (readonly [NodeId, NodeId])[];
  /** Where the person was, if that was inside. */
  readonly here: NodeId | null;
}

export interface History {
  readonly nodes: ReadonlyMap<NodeId, PlanNode>;
  readonly here: NodeId;
  /** The child that redo goes to: the one last visited. */
  readonly heirs: ReadonlyMap<NodeId, NodeId>;
  /** Latest last. */
  readonly removed: readonly RemovedBranch[];
  /** What the next act may join or take back: the drag of a slider that goes on, or a branch just deleted. */
  readonly pending: { readonly kind: 'drag'; readonly key: string } | { readonly kind: 'removal' } | null;
}

export interface Edit {
  readonly plan: Plan;
  readonly label: string;
  /** Edits with the same key in a row are one node: the steps of one slider drag. */
  readonly mergeKey?: string | null;
}

export function startHistory(plan: Plan, label: string, made: number): History {
  const root: PlanNode = { id: 0, parent: null, plan, label, name: null, made };
  return { nodes: new Map([[0, root]]), here: 0, heirs: new Map(), removed: [], pending: null };
}

export function nodeAt(history: History, id: NodeId): PlanNode {
  return known(history.nodes.get(id), `plan ${id} of the tree`);
}

export function presentNode(history: History): PlanNode {
  return nodeAt(history, history.here);
}

export function present(history: History): Plan {
  return presentNode(history).plan;
}

export function childrenOf(history: History, id: NodeId): PlanNode[] {
  return [...history.nodes.values()].filter((node) => node.parent === id);
}

/** From the root to a node, both included. */
export function pathTo(history: History, id: NodeId): PlanNode[] {
  const path: PlanNode[] = [];
  for (let at: NodeId | null = id; at !== null; at = nodeAt(history, at).parent)
    path.push(nodeAt(history, at));
  return path.reverse();
}

/** Adds an edit below the present plan. A plan that is the same object as the present one adds nothing. */
export function record(history: History, edit: Edit, made: number): History {
  const now = presentNode(history);
  if (edit.plan === now.plan) return history;
  const { plan, label, mergeKey = null } = edit;
  const children = childrenOf(history, now.id);
  const { pending } = history;
  if (pending?.kind === 'drag' && pending.key === mergeKey && children.length === 0) {
    return { ...history, nodes: new Map(history.nodes).set(now.id, { ...now, plan, label, made }) };
  }
  // The same edit made once more leads where it led before.
  const print = canonical(plan);
  const twin = children.find((child) => canonical(child.plan) === print);
  if (twin) return goTo(history, twin.id);
  const id = nextId(history);
  return {
    ...history,
    nodes: new Map(history.nodes).set(id, { id, parent: now.id, plan, label, name: null, made }),
    here: id,
    heirs: new Map(history.heirs).set(now.id, id),
    pending: mergeKey === null ? null : { kind: 'drag', key: mergeKey },
  };
}

function nextId(history: History): NodeId {
  const removed = history.removed.flatMap((branch) => branch.nodes.map((node) => node.id));
  let last = 0;
  for (const id of [...history.nodes.keys(), ...removed]) last = Math.max(last, id);
  return last + 1;
}

/** Ends a run of merged edits: the next edit is a plan of its own even with the same key. */
export function seal(history: History): History {
  return history.pending === null ? history : { ...history, pending: null };
}

/** One step towards the root; right after a branch was deleted, that branch comes back instead. */
export function undo(history: History): History {
  if (history.pending?.kind === 'removal') return restoreBranch(history);
  const { id, parent } = presentNode(history);
  if (parent === null) return history;
  return { ...history, here: parent, heirs: new Map(history.heirs).set(parent, id), pending: null };
}

/** One step away from the root, into the branch last visited. */
export function redo(history: History): History {
  const heir = history.heirs.get(history.here);
  return heir === undefined ? history : { ...history, here: heir, pending: null };
}

/** Moves to any plan of the tree; undo then leads to the root and redo back here. Unknown ids change nothing. */
export function goTo(history: History, id: NodeId): History {
  if (id === history.here || !history.nodes.has(id)) return history;
  const heirs = new Map(history.heirs);
  for (const node of pathTo(history, id)) if (node.parent !== null) heirs.set(node.parent, node.id);
  return { ...history, here: id, heirs, pending: null };
}

export function canUndo(history: History): boolean {
  return history.pending?.kind === 'removal' || presentNode(history).parent !== null;
}

export function canRedo(history: History): boolean {
  return history.heirs.has(history.here);
}

/** Gives a plan a name; null gives it back to the one made from the plan. */
export function rename(history: History, id: NodeId, name: string | null): History {
  const node = history.nodes.get(id);
  if (!node || node.name === name) return history;
  return { ...history, nodes: new Map(history.nodes).set(id, { ...node, name }) };
}

/** Deleted branches that can still come back. */
export const mostRemoved = 50;

/** Deletes a plan and all that grew from it. The root stays. */
export function removeBranch(history: History, id: NodeId): History {
  const top = history.nodes.get(id);
  if (!top || top.parent === null) return history;
  const gone = new Set<NodeId>([id]);
  // A parent always has the lower id, so one pass in order of ids finds all descendants.
  const inOrder = [...history.nodes.values()].sort((a, b) => a.id - b.id);
  for (const node of inOrder) if (node.parent !== null && gone.has(node.parent)) gone.add(node.id);
  const nodes = new Map([...history.nodes].filter(([node]) => !gone.has(node)));
  const heirs = new Map([...history.heirs].filter(([parent, heir]) => !gone.has(parent) && !gone.has(heir)));
  const left = inOrder.filter((node) => node.parent === top.parent && !gone.has(node.id));
  const heir = left[left.length - 1];
  if (heir && !heirs.has(top.parent)) heirs.set(top.parent, heir.id);
  const wasInside = gone.has(history.here);
  const branch: RemovedBranch = {
    nodes: inOrder.filter((node) => gone.has(node.id)),
    heirs: [...history.heirs].filter(([parent]) => gone.has(parent)),
    here: wasInside ? history.here : null,
  };
  return {
    nodes,
    here: wasInside ? top.parent : history.here,
    heirs,
    removed: [...history.removed, branch].slice(-mostRemoved),
    pending: { kind: 'removal' },
  };
}

/** Brings the branch back that was deleted last, and the person to where they were in it. */
export function restoreBranch(history: History): History {
  const branch = history.removed[history.removed.length - 1];
  const top = branch?.nodes[0];
  if (!branch || !top) return history;
  const nodes = new Map(history.nodes);
  for (const node of branch.nodes) nodes.set(node.id, node);
  // Its stem may have been thinned out since.
  if (top.parent === null || !history.nodes.has(top.parent)) {
    nodes.set(top.id, { ...top, parent: rootOf(history).id });
  }
  const restored: History = {
    nodes: new Map([...nodes].sort(([a], [b]) => a - b)),
    here: history.here,
    heirs: new Map([...history.heirs, ...branch.heirs]),
    removed: history.removed.slice(0, -1),
    pending: null,
  };
  return goTo(restored, branch.here ?? history.here);
}

export function rootOf(history: History): PlanNode {
  return known(
    [...history.nodes.values()].find((node) => node.parent === null),
    'the root of the tree',
  );
}

/**
 * Lets old steps between plans go until at most `most` are left, as far as possible: only plans with one child, without
 * a name, and not kept for another reason. Ends of branches, forks, the root and the present plan always stay.
 */
export function thin(history: History, most: number, keep: (node: PlanNode) => boolean): History {
  const nodes = new Map(history.nodes);
  const heirs = new Map(history.heirs);
  for (const { id } of history.nodes.values()) {
    if (nodes.size <= most) break;
    const node = known(nodes.get(id), `plan ${id}`);
    const children = [...nodes.values()].filter((other) => other.parent === id);
    const [child] = children;
    if (node.parent === null || !child || children.length > 1) continue;
    if (id === history.here || node.name !== null || keep(node)) continue;
    nodes.delete(id);
    nodes.set(child.id, { ...child, parent: node.parent });
    heirs.delete(id);
    if (heirs.get(node.parent) === id) heirs.set(node.parent, child.id);
  }
  return nodes.size === history.nodes.size ? history : { ...history, nodes, heirs };
}
