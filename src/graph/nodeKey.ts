// Keys by which equal nodes are found: two nodes of one key compute the same value.
import type { Attr, Node } from './graph.ts';

export class NodeKeys {
  /** Large tables are compared by identity. */
  readonly #tables = new Map<object, number>();

  /** @param inputs stand in for the node's own inputs */
  of(node: Node, inputs: readonly Node[] = node.inputs): string {
    const attrs = Object.entries(node.attrs).map(([name, value]) => `${name}=${this.#attr(value)}`);
    return `${node.op}(${inputs.map(({ id }) => id).join(',')})${attrs.sort().join(';')}`;
  }

  #attr(value: Attr): string {
    if (typeof value !== 'object') return `${typeof value}:${value}`;
    if (!('data' in value)) return value.join(',');
    if (value.data.length <= 64) return `${value.dtype}[${value.shape}]:${value.data.join(',')}`;
    const id = this.#tables.get(value.data) ?? this.#tables.size;
    this.#tables.set(value.data, id);
    return `${value.dtype}[${value.shape}]@${id}`;
  }
}
