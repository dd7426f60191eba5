// Nearest-neighbour upsampling by two.
import { broadcast, type Node, reshape } from '../../graph/index.ts';

/** x [B, C, L…] → [B, C, 2L…]: every element twice along every axis after the channels. */
export function upsampleTwice(x: Node): Node {
  const lead = x.shape.slice(0, 2);
  const extents = x.shape.slice(2);
  const apart = [...lead, ...extents.flatMap((extent) => [extent, 1])];
  const doubled = [...lead, ...extents.flatMap((extent) => [extent, 2])];
  return reshape(broadcast(reshape(x, apart), doubled), [...lead, ...extents.map((extent) => 2 * extent)]);
}
