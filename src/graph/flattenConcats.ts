// Trees of concatenations as one node each, for engines that take any number of inputs (spec/engine §5.7 names those
// that do not): every level of a tree copies all that lies below it.
import { type Graph, graphOf, type Node } from './graph.ts';
import { makeNode } from './primitive.ts';

export function flattenConcats(graph: Graph): Graph {
  const flat = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const inputs = node.inputs
      .map((input) => flat.get(input) ?? input)
      .flatMap((input) => (isSameConcat(node, input) ? input.inputs : [input]));
    const same = inputs.length === node.inputs.length && inputs.every((input, i) => input === node.inputs[i]);
    flat.set(node, same ? node : makeNode(node.op, inputs, node.attrs, node.scope));
  }
  return graphOf(
    Object.fromEntries([...graph.outputs].map(([name, node]) => [name, flat.get(node) ?? node])),
  );
}

function isSameConcat(outer: Node, inner: Node): boolean {
  return outer.op === 'concat' && inner.op === 'concat' && outer.attrs.axis === inner.attrs.axis;
}
