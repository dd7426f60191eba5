// A sum of pieces that zeros were put around, side by side and without a gap, is their concatenation. The gradient of
// cutting a tensor into parts is such a sum, and three times the work.
import type { Node } from './graph.ts';
import { concat } from './primitives/move.ts';

/** What a node is where it is not zero: parts along one axis, in order and apart from each other. */
interface Pieces {
  readonly axis: number;
  readonly parts: readonly { readonly start: number; readonly value: Node }[];
}

/** Sees the nodes of a graph in order, each after its inputs. */
export class PadJoiner {
  readonly #pieces = new Map<Node, Pieces>();

  /** The node, or the concatenation that equals it. */
  join(node: Node): Node {
    const pieces = node.op === 'pad' ? piecesOfPad(node) : node.op === 'add' ? this.#sum(node) : undefined;
    if (!pieces) return node;
    const { axis, parts } = pieces;
    const covered = parts.reduce((sum, { value }) => sum + extent(value, axis), 0);
    if (covered < extent(node, axis)) {
      this.#pieces.set(node, pieces);
      return node;
    }
    return concat(
      parts.map(({ value }) => value),
      axis,
    );
  }

  #sum({ inputs: [left, right], shape }: Node): Pieces | undefined {
    const [a, b] = [left && this.#pieces.get(left), right && this.#pieces.get(right)];
    if (!a || !b || a.axis !== b.axis || left?.shape.length !== shape.length) return undefined;
    const { axis } = a;
    const parts = [...a.parts, ...b.parts].sort((one, other) => one.start - other.start);
    const apart = parts.every(({ start, value }, i) => {
      const next = parts[i + 1];
      return !next || start + extent(value, axis) <= next.start;
    });
    return apart ? { axis, parts } : undefined;
  }
}

function piecesOfPad({ inputs: [value], attrs: { before, after } }: Node): Pieces | undefined {
  if (!value || !Array.isArray(before) || !Array.isArray(after)) return undefined;
  const padded = value.shape.map((_, axis) => axis).filter((axis) => before[axis] > 0 || after[axis] > 0);
  const [axis] = padded;
  return padded.length === 1 && axis !== undefined
    ? { axis, parts: [{ start: before[axis], value }] }
    : undefined;
}

function extent(node: Node, axis: number): number {
  return node.shape[axis] ?? 0;
}
