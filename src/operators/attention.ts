// Multi-head softmax attention on [B, N, D]: full, or restricted to visible pairs.
import {
  concat,
  constant,
  linear,
  matmul,
  mul,
  type Node,
  padAxis,
  reshape,
  scalarOf,
  select,
  slice,
  softmax,
  transpose,
} from '../graph/index.ts';
import { tensor } from '../lib/tensor.ts';

/** Which keys a query may see, over raster indices; `reach` bounds |i − j| of visible pairs. */
export interface Visibility {
  readonly sees: (query: number, key: number) => boolean;
  readonly reach: number;
}

interface Heads {
  readonly q: Node;
  readonly k: Node;
  readonly v: Node;
}

/** Projects to queries, keys and values, each [B, H, N, D/H]; the weight's rows are q, k, v, each head-major. */
export function projectHeads(x: Node, weight: Node, bias: Node, heads: number): Heads {
  const [batch, tokens, width] = [x.shape[0] ?? 0, x.shape[1] ?? 0, x.shape[2] ?? 0];
  const qkv = linear(x, weight, bias); // [B, N, 3D]
  const split = transpose(reshape(qkv, [batch, tokens, 3, heads, width / heads]), [2, 0, 3, 1, 4]);
  const part = (i: number) => reshape(slice(split, 0, i, i + 1), [batch, heads, tokens, width / heads]);
  return { q: part(0), k: part(1), v: part(2) };
}

/** [B, H, N, D/H] → [B, N, D]. */
export function mergeHeads(x: Node): Node {
  const [batch, heads, tokens, width] = [0, 1, 2, 3].map((axis) => x.shape[axis] ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * width]);
}

/** softmax(q kᵀ/√hd), [B, H, N, N]. */
export function attentionMap({ q, k }: Heads): Node {
  const scale = (q.shape.at(-1) ?? 1) ** -0.5;
  return softmax(mul(matmul(q, k, { transposeB: true }), scale));
}

export function fullAttention(heads: Heads): Node {
  return mergeHeads(matmul(attentionMap(heads), heads.v));
}

// Below this many tokens one masked product is faster than many small banded ones.
const denseTokens = 128;
const blockTokens = 64;
// exp(−1e30 − max) is exactly zero in single precision.
const hidden = -1e30;

/** Attention over visible pairs only; long sequences are cut in blocks with a halo, so cost grows with N·reach. */
export function windowAttention(heads: Heads, visibility: Visibility): Node {
  const tokens = heads.q.shape[2] ?? 0;
  const banded = tokens > denseTokens && blockTokens + 2 * visibility.reach < tokens;
  return mergeHeads(banded ? bandedAttention(heads, visibility) : maskedAttention(heads, visibility));
}

function maskedAttention({ q, k, v }: Heads, { sees }: Visibility): Node {
  const [n, scale] = [q.shape[2] ?? 0, (q.shape[3] ?? 1) ** -0.5];
  const mask = new Uint8Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) mask[i * n + j] = sees(i, j) ? 1 : 0;
  const density = mask.reduce((sum, visible) => sum + visible, 0) / (n * n);
  const scores = mul(matmul(q, k, { transposeB: true, density }), scale);
  const visible = select(constant(tensor('bool', [n, n], mask)), scores, scalarOf(hidden));
  return matmul(softmax(visible), v, { density });
}

function bandedAttention({ q, k, v }: Heads, { sees, reach }: Visibility): Node {
  const [batch, heads, n, width] = [0, 1, 2, 3].map((axis) => q.shape[axis] ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  const blocks = Math.ceil(n / blockTokens);
  const span = blockTokens + 2 * reach;
  const rest = blocks * blockTokens - n;
  const stack = (x: Node, before: number, length: number) => {
    const padded = padAxis(x, 2, before, before + rest);
    const parts = Array.from({ length: blocks }, (_, i) =>
      reshape(slice(padded, 2, i * blockTokens, i * blockTokens + length), [batch, heads, 1, length, width]),
    );
    return concat(parts, 2); // [B, H, blocks, length, hd]
  };
  const mask = new Uint8Array(blocks * blockTokens * span);
  for (let i = 0; i < n; i++) {
    const start = Math.floor(i / blockTokens) * blockTokens - reach;
    for (let j = Math.max(0, start); j < Math.min(n, start + span); j++) {
      if (sees(i, j)) mask[i * span + j - start] = 1;
    }
  }
  const density = mask.reduce((sum, visible) => sum + visible, 0) / mask.length;
  const product = matmul(stack(q, 0, blockTokens), stack(k, reach, span), { transposeB: true, density });
  const scores = mul(product, width ** -0.5);
  const visible = select(
    constant(tensor('bool', [blocks, blockTokens, span], mask)),
    scores,
    scalarOf(hidden),
  );
  const y = matmul(softmax(visible), stack(v, reach, span), { density }); // [B, H, blocks, 64, hd]
  return slice(reshape(y, [batch, heads, blocks * blockTokens, width]), 2, 0, n);
}
