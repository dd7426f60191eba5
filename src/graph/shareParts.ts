// A fused map (layer normalisation) whose gradient is in the graph has its parts computed there a second time. Where
// all of them are, the map is put together from them instead.
import { type Graph, graphOf, type Node } from './graph.ts';
import { NodeKeys } from './nodeKey.ts';
import { makeNode, primitiveOf } from './primitive.ts';

/** @param graph without equal nodes: simplify() made them one */
export function shareParts(graph: Graph): Graph {
  const keys = new NodeKeys();
  const present = new Map(graph.nodes.map((node) => [keys.of(node), node]));
  const replacements = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const whole = primitiveOf(node.op).composed?.({ inputs: node.inputs, attrs: node.attrs });
    if (!whole) continue;
    const operands = new Set(node.inputs);
    const find = (part: Node): Node | undefined => {
      if (operands.has(part)) return part;
      const inputs = part.inputs.map(find);
      return isFound(inputs) ? present.get(keys.of(part, inputs)) : undefined;
    };
    const parts = whole.inputs.map(find);
    if (isFound(parts)) replacements.set(node, makeNode(whole.op, parts, whole.attrs, node.scope));
  }
  return replacements.size === 0 ? graph : replaceNodes(graph, replacements);
}

function isFound(nodes: readonly (Node | undefined)[]): nodes is readonly Node[] {
  return !nodes.includes(undefined);
}

/** The graph with others in place of some nodes. Iterative: train steps are thousands of nodes deep. */
function replaceNodes(graph: Graph, replacements: ReadonlyMap<Node, Node>): Graph {
  const rebuilt = new Map<Node, Node>();
  const rebuild = (root: Node): Node => {
    const stack = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      const target = replacements.get(node) ?? node;
      const missing = target.inputs.filter((input) => !rebuilt.has(input));
      if (missing.length > 0) stack.push(...missing);
      else {
        stack.pop();
        if (rebuilt.has(node)) continue;
        const inputs = target.inputs.map((input) => rebuilt.get(input) ?? input);
        const same = inputs.every((input, i) => input === target.inputs[i]);
        rebuilt.set(node, same ? target : makeNode(target.op, inputs, target.attrs, target.scope));
      }
    }
    return rebuilt.get(root) ?? root;
  };
  return graphOf(Object.fromEntries([...graph.outputs].map(([name, node]) => [name, rebuild(node)])));
}
