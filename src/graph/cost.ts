// What a graph costs, node by node: multiply-adds of its definition, elements written, bytes moved.
import { bytesPerElement, sizeOf } from '../lib/tensor.ts';
import type { Graph, Node } from './graph.ts';
import { primitiveOf } from './primitive.ts';

export interface NodeCost {
  /** Multiply-adds that the definition needs (1 MAC = 2 FLOP). */
  readonly macs: number;
  /** Bytes read and written. */
  readonly bytes: number;
}

const moves = new Set(['input', 'constant', 'reshape', 'stopGradient']);

export function nodeCost(node: Node): NodeCost {
  if (moves.has(node.op)) return { macs: 0, bytes: 0 };
  const bytesOf = (x: Node) => sizeOf(x.shape) * bytesPerElement[x.dtype];
  return {
    macs: primitiveOf(node.op).macs?.(node, node.attrs) ?? 0,
    bytes: node.inputs.reduce((sum, input) => sum + bytesOf(input), bytesOf(node)),
  };
}

export function graphCost(graph: Graph): NodeCost {
  let [macs, bytes] = [0, 0];
  for (const node of graph.nodes) {
    const cost = nodeCost(node);
    macs += cost.macs;
    bytes += cost.bytes;
  }
  return { macs, bytes };
}

export function graphMacs(graph: Graph): number {
  return graphCost(graph).macs;
}
