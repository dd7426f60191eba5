// The tree of plans as JSON, and back: what storage and project files hold. Reading is a border: a value or a sentence.
import { UserError } from '../lib/errors.ts';
import { type History, type NodeId, type PlanNode, type RemovedBranch, seal } from './history.ts';
import { integer, isRecord, number, readObject, show, text } from './reading.ts';
import { parsePlan } from './validate.ts';

/** Trees beyond this are hostile, not large. */
const mostNodes = 20_000;

const readId = integer(0, 2 ** 31 - 1);
const readLabel = text(400);

/** The tree at rest: whether a slider is just being dragged is not kept. */
export function historyToJson(history: History): unknown {
  const { nodes, here, heirs, removed } = seal(history);
  return { here, nodes: [...nodes.values()], heirs: [...heirs], removed };
}

export function parseHistory(value: unknown): History {
  const stored = readObject(value, 'The plan tree', ['here', 'nodes', 'heirs', 'removed']);
  const nodes = new Map(readNodes(stored.nodes, 'The plan tree').map((node) => [node.id, node]));
  const roots = [...nodes.values()].filter((node) => node.parent === null);
  if (roots.length !== 1) throw new UserError(`The plan tree should have one root, got ${roots.length}.`);
  for (const node of nodes.values()) checkParent(node, nodes);
  const here = readId(stored.here, 'The place in the plan tree');
  if (!nodes.has(here))
    throw new UserError(`The plan tree has no plan ${here}, where it says that it stands.`);
  const heirs = readHeirs(stored.heirs).filter(([parent, heir]) => nodes.get(heir)?.parent === parent);
  return {
    nodes,
    here,
    heirs: new Map(heirs),
    removed: readList(stored.removed).map(readBranch),
    pending: null,
  };
}

function readNodes(value: unknown, where: string): PlanNode[] {
  const list = readList(value);
  if (list.length === 0) throw new UserError(`${where} is empty; a tree has at least its root.`);
  const nodes = list.map(readNode).sort((a, b) => a.id - b.id);
  const twice = nodes.find((node, at) => node.id === nodes[at - 1]?.id);
  if (twice) throw new UserError(`${where} has two plans with the number ${twice.id}.`);
  return nodes;
}

function readNode(value: unknown): PlanNode {
  const stored = readObject(value, 'A plan of the tree', ['id', 'parent', 'plan', 'label', 'name', 'made']);
  const id = readId(stored.id, 'The number of a plan');
  const where = `Plan ${id} of the tree`;
  return {
    id,
    parent: stored.parent === null ? null : readId(stored.parent, `The parent of plan ${id}`),
    plan: parsePlan(stored.plan),
    label: readLabel(stored.label, `${where}, label`),
    name: stored.name === null || stored.name === undefined ? null : readLabel(stored.name, `${where}, name`),
    made: number(0, 8.64e15)(stored.made, `${where}, time`),
  };
}

/** Parents come before their children, which also rules out circles. */
function checkParent(node: PlanNode, nodes: ReadonlyMap<NodeId, PlanNode>): void {
  if (node.parent === null || (node.parent < node.id && nodes.has(node.parent))) return;
  throw new UserError(`Plan ${node.id} of the tree grows from plan ${node.parent}, which is not there.`);
}

function readBranch(value: unknown): RemovedBranch {
  const stored = readObject(value, 'A deleted branch', ['nodes', 'heirs', 'here']);
  const nodes = readNodes(stored.nodes, 'A deleted branch');
  const inside = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes.slice(1)) checkParent(node, inside);
  return {
    nodes,
    heirs: readHeirs(stored.heirs).filter(([parent, heir]) => inside.get(heir)?.parent === parent),
    here: typeof stored.here === 'number' && inside.has(stored.here) ? stored.here : null,
  };
}

function readHeirs(value: unknown): [NodeId, NodeId][] {
  return readList(value).map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new UserError(
        `A way of redo should be a pair of numbers, got ${isRecord(pair) ? 'an object' : show(pair)}.`,
      );
    return [readId(pair[0], 'A way of redo'), readId(pair[1], 'A way of redo')];
  });
}

function readList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value))
    throw new UserError(`The plan tree should hold a list here, got ${show(value)}.`);
  if (value.length > mostNodes)
    throw new UserError(`The plan tree has ${value.length} entries; at most ${mostNodes} can be read.`);
  return value;
}
