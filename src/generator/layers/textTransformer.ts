// The transformer block of both nets, conditioned on text: self-attention, cross-attention, gated feed-forward layer.
import {
  add,
  erf,
  linear,
  matmul,
  mul,
  type Node,
  reshape,
  scoped,
  softmax,
  split,
  transpose,
} from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import type { Shape } from '../../lib/tensor.ts';
import { layerNorm } from './normalisation.ts';

type Weight = (name: string) => Node;
export type NamedShape = readonly [name: string, shape: Shape];

const within =
  (w: Weight, prefix: string): Weight =>
  (name) =>
    w(`${prefix}.${name}`);

/**
 * x [B, N, D], text [B, S, C] → [B, N, D]:
 * x += attn1(norm1 x); x += attn2(norm2 x, text); x += ff(norm3 x).
 */
export function textTransformer(x: Node, text: Node, w: Weight, heads: number): Node {
  const normed = (y: Node, name: string) => layerNorm(y, within(w, name));
  const self = normed(x, 'norm1');
  const attended = add(
    x,
    scoped('attn1', () => attention(self, self, within(w, 'attn1'), heads)),
  );
  const crossed = add(
    attended,
    scoped('attn2', () => attention(normed(attended, 'norm2'), text, within(w, 'attn2'), heads)),
  );
  return add(
    crossed,
    scoped('ff', () => gatedFeedForward(normed(crossed, 'norm3'), within(w, 'ff'))),
  );
}

/** Queries from x [B, N, D], keys and values from `source` [B, S, C]; projections without bias, output with. */
function attention(x: Node, source: Node, w: Weight, heads: number): Node {
  const width = x.shape.at(-1) ?? 0;
  const headed = (y: Node) =>
    transpose(reshape(y, [y.shape[0] ?? 0, y.shape[1] ?? 0, heads, width / heads]), [0, 2, 1, 3]);
  const q = headed(linear(x, w('to_q.weight')));
  const k = headed(linear(source, w('to_k.weight')));
  const v = headed(linear(source, w('to_v.weight')));
  const map = softmax(mul(matmul(q, k, { transposeB: true }), (width / heads) ** -0.5));
  const merged = reshape(transpose(matmul(map, v), [0, 2, 1, 3]), x.shape);
  return linear(merged, w('to_out.weight'), w('to_out.bias'));
}

/** fc_out(value ⊙ GELU(gate)), [value | gate] = fc_in x; the exact GELU. */
function gatedFeedForward(x: Node, w: Weight): Node {
  const halves = split(linear(x, w('fc_in.weight'), w('fc_in.bias')), -1, 2);
  const [value, gate] = [known(halves[0], 'value'), known(halves[1], 'gate')];
  const gelu = mul(mul(gate, 0.5), add(erf(mul(gate, Math.SQRT1_2)), 1));
  return linear(mul(value, gelu), w('fc_out.weight'), w('fc_out.bias'));
}

/** @param ratio hidden features of the feed-forward layer over its width */
export function textTransformerShapes(width: number, context: number, ratio: number): NamedShape[] {
  const attentionShapes = (name: string, source: number): NamedShape[] => [
    [`${name}.to_q.weight`, [width, width]],
    [`${name}.to_k.weight`, [width, source]],
    [`${name}.to_v.weight`, [width, source]],
    [`${name}.to_out.weight`, [width, width]],
    [`${name}.to_out.bias`, [width]],
  ];
  return [
    ...['norm1', 'norm2', 'norm3'].flatMap((name): NamedShape[] => [
      [`${name}.weight`, [width]],
      [`${name}.bias`, [width]],
    ]),
    ...attentionShapes('attn1', width),
    ...attentionShapes('attn2', context),
    ['ff.fc_in.weight', [2 * ratio * width, width]],
    ['ff.fc_in.bias', [2 * ratio * width]],
    ['ff.fc_out.weight', [width, ratio * width]],
    ['ff.fc_out.bias', [width]],
  ];
}
