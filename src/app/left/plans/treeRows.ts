// Which plans of the tree are rows, and where the rails run: ends of branches, forks, results, names, and where one is.
import { type History, type NodeId, nodeAt, type PlanNode, pathTo, rootOf } from '../../../plan/history.ts';

export interface TreeRow {
  readonly node: PlanNode;
  /** Rails left of this row's own, all of which run on. */
  readonly lane: number;
  /** Grows out of the rail on its left, rather than going on from the row above. */
  readonly startsLane: boolean;
  /** A row below goes on in this lane. */
  readonly continues: boolean;
  /** Edits between the row that this one grew from and this one. */
  readonly hidden: number;
  readonly isHere: boolean;
  /** Between the root and the present plan: where undo leads. */
  readonly isOnPath: boolean;
}

/** At a fork the latest branch goes straight on; older ones stand above it, one lane further right. */
export function treeRows(history: History, matters: (node: PlanNode) => boolean): TreeRow[] {
  const children = new Map<NodeId, PlanNode[]>();
  for (const node of history.nodes.values()) {
    if (node.parent !== null) children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  }
  const onPath = new Set(pathTo(history, history.here).map((node) => node.id));
  const below = (id: NodeId) => children.get(id) ?? [];
  const isRow = (node: PlanNode) =>
    node.parent === null ||
    node.id === history.here ||
    node.name !== null ||
    below(node.id).length !== 1 ||
    matters(node);
  const rows: TreeRow[] = [];

  /** Follows a chain of single edits to the next row. */
  const rowFrom = (id: NodeId): { node: PlanNode; hidden: number } => {
    let node = nodeAt(history, id);
    let hidden = 0;
    while (!isRow(node)) {
      const [next] = below(node.id);
      if (!next) break;
      node = next;
      hidden += 1;
    }
    return { node, hidden };
  };

  // A stack, not recursion: a tree of plans may be thousands of edits deep.
  const waiting = [{ id: rootOf(history).id, lane: 0, startsLane: false }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { lane, startsLane } = next;
    const { node, hidden } = rowFrom(next.id);
    const branches = below(node.id);
    rows.push({
      node,
      lane,
      startsLane,
      continues: branches.length > 0,
      hidden,
      isHere: node.id === history.here,
      isOnPath: onPath.has(node.id),
    });
    const straight = branches[branches.length - 1];
    if (straight) waiting.push({ id: straight.id, lane, startsLane: false });
    for (const branch of branches.slice(0, -1).reverse()) {
      waiting.push({ id: branch.id, lane: lane + 1, startsLane: true });
    }
  }
  return rows;
}
