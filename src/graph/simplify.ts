// Passes over a finished graph: dead code, common subexpressions, constant folding, a few identities, shared parts.
import { known } from '../lib/errors.ts';
import { sizeOf } from '../lib/tensor.ts';
import { evaluate } from './evaluate.ts';
import { type Graph, graphOf, type Node } from './graph.ts';
import { PadJoiner } from './joinPads.ts';
import { NodeKeys } from './nodeKey.ts';
import { makeNode } from './primitive.ts';
import { constant, constantValue } from './primitives/leaf.ts';
import { reshape, transpose } from './primitives/move.ts';
import { shareParts } from './shareParts.ts';

// Folding is for tables and scalars; a larger result would only make the graph heavy.
const maxFoldedElements = 65_536;

/** An equal graph with less to do. Outputs and input names stay. */
export function simplify(graph: Graph): Graph {
  const replaced = new Map<Node, Node>();
  const seen = new Map<string, Node>();
  const keys = new NodeKeys();
  const pads = new PadJoiner();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => replaced.get(input) ?? input);
    const moved = inputs.some((input, i) => input !== node.inputs[i]);
    const rebuilt = moved ? makeNode(node.op, inputs, node.attrs, node.scope) : node;
    const shorter = pads.join(fold(identity(rebuilt)));
    const key = keys.of(shorter);
    const twin = seen.get(key);
    if (!twin) seen.set(key, shorter);
    replaced.set(node, twin ?? shorter);
  }
  const outputs: Record<string, Node> = {};
  for (const [name, node] of graph.outputs) outputs[name] = replaced.get(node) ?? node;
  return shareParts(graphOf(outputs));
}

/** x·1, x+0, x/1, reshape of reshape, transpose of transpose. */
function identity(node: Node): Node {
  const [a, b] = node.inputs;
  if (!a) return node;
  if (node.op === 'reshape' && a.op === 'reshape' && a.inputs[0]) return reshape(a.inputs[0], node.shape);
  if (node.op === 'transpose' && a.op === 'transpose' && a.inputs[0]) {
    const [outer, inner] = [node.attrs.perm, a.attrs.perm];
    if (Array.isArray(outer) && Array.isArray(inner)) {
      return transpose(
        a.inputs[0],
        outer.map((axis: number) => inner[axis] ?? 0),
      );
    }
  }
  if (!b) return node;
  const neutral = { mul: 1, div: 1, add: 0, sub: 0 }[node.op];
  const fits = (x: Node) => x.shape.length === node.shape.length && sizeOf(x.shape) === sizeOf(node.shape);
  if (neutral !== undefined && isScalar(b, neutral) && fits(a)) return a;
  if ((node.op === 'mul' || node.op === 'add') && isScalar(a, neutral) && fits(b)) return b;
  return node;
}

function isScalar(node: Node, value: number | undefined): boolean {
  if (node.op !== 'constant' || sizeOf(node.shape) !== 1) return false;
  return constantValue(node).data[0] === value;
}

function fold(node: Node): Node {
  const foldable =
    node.inputs.length > 0 &&
    node.dtype !== 'f16' &&
    sizeOf(node.shape) <= maxFoldedElements &&
    node.inputs.every((input) => input.op === 'constant');
  if (!foldable) return node;
  const graph = graphOf({ y: node });
  return constant(known(evaluate(graph, {}, 'f64').y, 'folded value'));
}
