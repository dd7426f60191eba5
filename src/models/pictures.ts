// Pictures of a block and of an operator, derived from the graphs: what the canvas draws when something is expanded.
import { nodeCost } from '../graph/cost.ts';
import type { Node } from '../graph/graph.ts';
import { showShape } from '../lib/tensor.ts';
import { operatorById } from '../operators/index.ts';
import type { SlotSite } from '../operators/operator.ts';
import type { OperatorConfig, Plan, SlotId } from '../plan/plan.ts';
import { type Cost, forwardGraph, operatorCost, operatorGraph } from './cost.ts';
import { type SlotOperators, teacherOperator } from './dit.ts';
import { type DitShape, siteOf } from './shape.ts';

export interface PictureNode {
  readonly id: string;
  readonly label: string;
  /** Shape of the result, or a short description. */
  readonly detail: string;
  readonly cost: Cost;
}
export interface PictureEdge {
  readonly from: string;
  readonly to: string;
}
export interface BlockPicture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

const words: Record<string, string> = {
  adaLN_modulation: 'Modulation',
  norm: 'Norm',
  modulate: 'Scale, shift',
  gate: 'Gate',
  residual: 'Add',
};

/** Operators of a plan by slot, as the model builder takes them. */
export function graftsOf(plan: Pick<Plan, 'slots'>): SlotOperators {
  const entries = Object.entries(plan.slots) as [SlotId, Plan['slots'][SlotId]][];
  return Object.fromEntries(
    entries.flatMap(([slot, graft]) =>
      graft ? [[slot, { operator: operatorById(graft.operator), config: graft.config }]] : [],
    ),
  );
}

/** One block's operations: the nodes of the forward graph in its scope, grouped by the parts that the model names. */
export function blockPicture(shape: DitShape, plan: Pick<Plan, 'slots'>, block: number): BlockPicture {
  const grafts = graftsOf(plan);
  const scope = `blocks.${block}`;
  const order: string[] = [];
  const groups = new Map<string, Node[]>();
  const groupOf = new Map<Node, string>();
  for (const node of forwardGraph(shape, grafts).nodes) {
    if (!node.scope.startsWith(`${scope}.`) && node.scope !== scope) continue;
    const part = partOf(node.scope.slice(scope.length + 1).split('.')[0] ?? '', node.op);
    if (part === '' || node.op === 'constant' || node.op === 'input') continue;
    const key = branchParts.has(part) ? `${branchOf(part, order)}.${part}` : part;
    if (!groups.has(key)) {
      groups.set(key, []);
      order.push(key);
    }
    groups.get(key)?.push(node);
    groupOf.set(node, key);
  }
  const edges = new Map<string, PictureEdge>();
  for (const [node, to] of groupOf) {
    for (const input of node.inputs) {
      const from = groupOf.get(input);
      if (from !== undefined && from !== to) edges.set(`${from}>${to}`, { from, to });
    }
  }
  const nodes = order.map((key) => pictureNode(key, groups.get(key) ?? [], shape, grafts, block));
  return { nodes, edges: [...edges.values()] };
}

/** Parts that both branches have. */
const branchParts = new Set(['norm', 'modulate', 'gate', 'residual']);

/** The model's scopes, cut once more: a norm and its scale and shift, a gate and its sum. */
function partOf(scope: string, op: string): string {
  if (scope === 'modulate' && op === 'layerNorm') return 'norm';
  return scope === 'residual' && op === 'mul' ? 'gate' : scope;
}

/** Both branches name their parts alike; what comes after a branch's operator or residual belongs to the next part. */
function branchOf(part: string, seen: readonly string[]): 'attn' | 'mlp' {
  const isBefore = part === 'norm' || part === 'modulate';
  return seen.includes(isBefore ? 'attn.residual' : 'mlp') ? 'mlp' : 'attn';
}

function pictureNode(
  key: string,
  nodes: readonly Node[],
  shape: DitShape,
  grafts: SlotOperators,
  block: number,
): PictureNode {
  const last = nodes.at(-1);
  const detail = last ? showShape(last.shape) : '';
  if (key === 'attn' || key === 'mlp') {
    const slot: SlotId = `blocks.${block}.${key}`;
    const { operator, config } = grafts[slot] ?? teacherOperator(shape, slot);
    return {
      id: key,
      label: operator.label,
      detail,
      cost: operatorCost(operator.id, config, siteOf(shape, slot)),
    };
  }
  const costs = nodes.map(nodeCost);
  const sum = (field: 'macs' | 'bytes') => costs.reduce((total, cost) => total + cost[field], 0);
  const part = key.split('.').at(-1) ?? key;
  const width = shape.width;
  const parameters = part === 'adaLN_modulation' ? 6 * width * width + 6 * width : 0;
  return {
    id: key,
    label: words[part] ?? part,
    detail,
    cost: { parameters, macs: sum('macs'), bytes: sum('bytes') },
  };
}

export interface OperatorPicture {
  readonly nodes: readonly {
    readonly id: string;
    readonly op: string;
    readonly label: string;
    readonly shape: string;
    readonly scope: string;
  }[];
  readonly edges: readonly PictureEdge[];
}

/** The operator's primitive graph. Scalars are left out: they are written in the formula. */
export function operatorPicture(operatorId: string, config: OperatorConfig, site: SlotSite): OperatorPicture {
  const graph = operatorGraph(operatorId, config, site);
  const shown = graph.nodes.filter((node) => node.op !== 'constant' || node.shape.length > 0);
  const kept = new Set(shown);
  return {
    nodes: shown.map((node) => ({
      id: String(node.id),
      op: node.op,
      label: node.op === 'input' ? String(node.attrs.name) : node.op,
      shape: showShape(node.shape),
      scope: node.scope,
    })),
    edges: shown.flatMap((node) =>
      node.inputs
        .filter((input) => kept.has(input))
        .map((input) => ({ from: String(input.id), to: String(node.id) })),
    ),
  };
}
