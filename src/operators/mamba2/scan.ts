// Mamba-2's maths: projection, causal filter, chunked scan (state-space duality, arXiv 2405.21060 §6), gated norm.
import {
  add,
  concat,
  constant,
  conv1d,
  cumsum,
  div,
  exp,
  linear,
  matmul,
  mean,
  mul,
  type Node,
  neg,
  reshape,
  silu,
  slice,
  softplus,
  sqrt,
  square,
  transpose,
} from '../../graph/index.ts';
import { f32 } from '../../lib/tensor.ts';
import type { WeightNodes } from '../operator.ts';

export interface MambaSizes {
  /** E = expand · D. */
  readonly inner: number;
  readonly state: number;
  readonly headWidth: number;
  readonly heads: number;
  readonly taps: number;
}

// Within a chunk the scan is a masked product, between chunks a state is handed on.
const chunkTokens = 64;

/** x [B, N, D] → [B, N, E], the input of the output projection. */
export function mambaFeatures(x: Node, w: WeightNodes, sizes: MambaSizes): Node {
  const { inner, state, heads, headWidth, taps } = sizes;
  const [batch, tokens] = [x.shape[0] ?? 0, x.shape[1] ?? 0];
  const u = linear(x, w('in_proj.weight')); // [B, N, 2E + 2S + heads]
  const z = slice(u, 2, 0, inner);
  const mixed = transpose(slice(u, 2, inner, 2 * inner + 2 * state), [0, 2, 1]); // [B, E + 2S, N]
  const filtered = conv1d(mixed, w('conv1d.weight'), w('conv1d.bias'), {
    padBefore: taps - 1,
    groups: inner + 2 * state,
  });
  const xbc = silu(transpose(filtered, [0, 2, 1])); // [B, N, E + 2S]
  const value = slice(xbc, 2, 0, inner);
  const dt = softplus(add(slice(u, 2, 2 * inner + 2 * state, 2 * inner + 2 * state + heads), w('dt_bias')));
  const logDecay = mul(neg(exp(w('A_log'))), dt); // [B, N, heads], ≤ 0
  const perHead = reshape(value, [batch, tokens, heads, headWidth]);
  const driven = mul(perHead, reshape(dt, [batch, tokens, heads, 1]));
  const scanned = scan({
    driven,
    logDecay,
    b: slice(xbc, 2, inner, inner + state),
    c: slice(xbc, 2, inner + state, inner + 2 * state),
  });
  const skip = mul(perHead, reshape(w('D'), [1, 1, heads, 1]));
  const y = mul(reshape(add(scanned, skip), [batch, tokens, inner]), silu(z));
  const rms = sqrt(add(mean(square(y), [-1], 'keep'), 1e-5));
  return mul(div(y, rms), w('norm.weight'));
}

interface ScanInputs {
  /** Δ_t x_t [B, N, heads, P]. */
  readonly driven: Node;
  /** log a_t [B, N, heads]. */
  readonly logDecay: Node;
  /** B_t and C_t [B, N, S]. */
  readonly b: Node;
  readonly c: Node;
}

/** y_t = C_t · Σ_{s ≤ t} (Π_{s < r ≤ t} a_r) Δ_s x_s B_sᵀ, [B, N, heads, P]. */
function scan({ driven, logDecay, b, c }: ScanInputs): Node {
  const [batch, tokens, heads, width] = [0, 1, 2, 3].map((axis) => driven.shape[axis] ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  const outputs: Node[] = [];
  let carried: Node | undefined; // [B, S, heads·P]
  for (let start = 0; start < tokens; start += chunkTokens) {
    const end = Math.min(start + chunkTokens, tokens);
    const n = end - start;
    const cut = (x: Node) => slice(x, 1, start, end);
    const decay = decays(cut(logDecay)); // [B, heads, n, n]
    const values = cut(driven);
    const inside = withinChunk(values, decay, cut(b), cut(c));
    const flat = (x: Node) => reshape(x, [batch, n, heads * width]);
    const perHead = (x: Node) => reshape(x, [batch, n, heads, 1]);
    const sinceStart = cumsum(cut(logDecay), 1); // [B, n, heads]
    if (carried) {
      const read = reshape(matmul(cut(c), carried), [batch, n, heads, width]);
      outputs.push(add(inside, mul(read, perHead(exp(sinceStart)))));
    } else {
      outputs.push(inside);
    }
    if (end === tokens) break;
    const total = slice(sinceStart, 1, n - 1, n); // [B, 1, heads]
    const left = perHead(transpose(reshape(slice(decay, 2, n - 1, n), [batch, heads, n]), [0, 2, 1]));
    const written = matmul(cut(b), flat(mul(values, left)), { transposeA: true }); // [B, S, heads·P]
    if (!carried) carried = written;
    else {
      const kept = mul(
        reshape(carried, [batch, carried.shape[1] ?? 0, heads, width]),
        reshape(exp(total), [batch, 1, heads, 1]),
      );
      carried = add(reshape(kept, carried.shape), written);
    }
  }
  return concat(outputs, 1);
}

/** The scan of one chunk from a zero state, as a masked product: [B, n, heads, P]. */
function withinChunk(values: Node, decay: Node, b: Node, c: Node): Node {
  const [batch, n] = [decay.shape[0] ?? 0, decay.shape[2] ?? 0];
  const density = (n + 1) / (2 * n);
  const similarity = reshape(matmul(c, b, { transposeB: true, density }), [batch, 1, n, n]);
  const y = matmul(mul(similarity, decay), transpose(values, [0, 2, 1, 3]), { density });
  return transpose(y, [0, 2, 1, 3]);
}

/**
 * Decay from token j to token i: exp(Σ_{j < r ≤ i} log a_r) for j ≤ i, else 0, [B, heads, n, n]. Each sum is added up on
 * its own; the difference of two running sums would be the same in exact arithmetic, but where decays are strong it
 * loses every digit of a weak one, in the gradients of A and dt above all.
 */
function decays(logDecay: Node): Node {
  const [batch, n, heads] = [logDecay.shape[0] ?? 0, logDecay.shape[1] ?? 0, logDecay.shape[2] ?? 0];
  const byHead = reshape(transpose(logDecay, [0, 2, 1]), [batch, heads, n, 1]);
  const past = triangle(n, (i, j) => i > j);
  const sums = cumsum(mul(byHead, past), 2); // Σ over r from j + 1 to i, 0 where i ≤ j
  return mul(
    exp(sums),
    triangle(n, (i, j) => i >= j),
  );
}

function triangle(n: number, isOne: (i: number, j: number) => boolean): Node {
  const data = new Float32Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) data[i * n + j] = isOne(i, j) ? 1 : 0;
  return constant(f32([n, n], data));
}
