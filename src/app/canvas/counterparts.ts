// Which primitives of one operator stand in another one too: the same operation with the same result, one for one.
import type { OperatorPicture } from '../../store/pictures.ts';

type Nodes = OperatorPicture['nodes'];

/** Ids of the nodes that have a counterpart among the others; each of these is counterpart of one only. */
export function counterparts(nodes: Nodes, others: Nodes): Set<string> {
  const left = new Map<string, number>();
  for (const node of others) left.set(kindOf(node), (left.get(kindOf(node)) ?? 0) + 1);
  const matched = new Set<string>();
  for (const node of nodes) {
    const count = left.get(kindOf(node)) ?? 0;
    if (count === 0) continue;
    left.set(kindOf(node), count - 1);
    matched.add(node.id);
  }
  return matched;
}

/** Weights go by other names in other operators; what they are multiplied to tells them apart. */
function kindOf({ op, shape }: Nodes[number]): string {
  return `${op} ${shape}`;
}
