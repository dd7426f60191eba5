// The graph: a static-shape, typed, immutable DAG of primitive operations, and the order in which it runs.
import { assert } from '../lib/errors.ts';
import type { DType, Shape, Tensor } from '../lib/tensor.ts';

export type Attr = number | string | boolean | readonly number[] | Tensor;
export type Attrs = Readonly<Record<string, Attr>>;

/** One operation with one result. Nodes are made by builders and never change. */
export interface Node {
  readonly id: number;
  /** Name of a primitive (primitives/index.ts). */
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly attrs: Attrs;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Path in the model, e.g. `blocks.3.attn`; for error texts, pictures and cost tables. */
  readonly scope: string;
}

export interface Graph {
  /** Inputs in use, by name. */
  readonly inputs: ReadonlyMap<string, Node>;
  readonly outputs: ReadonlyMap<string, Node>;
  /** Every node in use, inputs and constants included, each after its own inputs. */
  readonly nodes: readonly Node[];
}

/** Nodes reachable from `roots`, each after its inputs. Iterative: train steps are thousands of nodes deep. */
export function topologicalOrder(roots: Iterable<Node>): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const root of roots) {
    if (done.has(root)) continue;
    stack.push({ node: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      assert(top, () => 'empty stack in topologicalOrder');
      const input = top.node.inputs[top.next];
      if (input) {
        top.next++;
        if (!done.has(input)) stack.push({ node: input, next: 0 });
      } else {
        stack.pop();
        if (!done.has(top.node)) {
          done.add(top.node);
          order.push(top.node);
        }
      }
    }
  }
  return order;
}

/** A graph that computes `outputs`; whatever they do not need is left out. */
export function graphOf(outputs: Readonly<Record<string, Node>>): Graph {
  const nodes = topologicalOrder(Object.values(outputs));
  const inputs = new Map<string, Node>();
  for (const node of nodes) {
    if (node.op !== 'input') continue;
    const name = String(node.attrs.name);
    assert(!inputs.has(name), () => `two inputs are named ${name}`);
    inputs.set(name, node);
  }
  return { inputs, outputs: new Map(Object.entries(outputs)), nodes };
}
