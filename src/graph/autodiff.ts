// Reverse-mode automatic differentiation, graph to graph: gradients are nodes like any other.
import { ShapeError } from '../lib/errors.ts';
import { showShape, sizeOf } from '../lib/tensor.ts';
import { type Node, topologicalOrder } from './graph.ts';
import { primitiveOf } from './primitive.ts';
import { add } from './primitives/binary.ts';
import { scalarOf, zeros } from './primitives/leaf.ts';
import { reshape } from './primitives/move.ts';
import { scoped } from './scope.ts';

/**
 * d loss / d node for each of `wrt`, which may be inputs or any other nodes of the loss's graph.
 * @param loss one element, f32
 * @returns nodes of the shapes of `wrt`; zeros where the loss does not depend on one
 */
export function gradients(loss: Node, wrt: readonly Node[]): Node[] {
  if (sizeOf(loss.shape) !== 1 || loss.dtype !== 'f32') {
    throw new ShapeError(`A loss is one f32 number, got ${loss.dtype}${showShape(loss.shape)}.`);
  }
  const order = topologicalOrder([loss]);
  const needed = dependents(order, new Set(wrt));
  const adjoints = new Map<Node, Node>([[loss, reshape(scalarOf(1), loss.shape)]]);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i];
    if (!node || !needed.has(node) || node.inputs.length === 0) continue;
    const dy = adjoints.get(node);
    if (!dy || !node.inputs.some((input) => needed.has(input))) continue;
    const scope = node.scope === '' ? 'gradient' : `gradient.${node.scope}`;
    const parts = scoped(scope, () =>
      primitiveOf(node.op).gradient({ node, inputs: node.inputs, attrs: node.attrs, dy }),
    );
    parts.forEach((part, k) => {
      const target = node.inputs[k];
      if (!part || !target || !needed.has(target)) return;
      const sum = adjoints.get(target);
      adjoints.set(target, sum ? add(sum, part) : part);
    });
  }
  return wrt.map((node) => adjoints.get(node) ?? zeros(node.shape));
}

/** Nodes of `order` that depend on one of `sources`, sources included: only they need adjoints. */
function dependents(order: readonly Node[], sources: ReadonlySet<Node>): Set<Node> {
  const found = new Set<Node>();
  for (const node of order) {
    if (sources.has(node) || node.inputs.some((input) => found.has(input))) found.add(node);
  }
  return found;
}
