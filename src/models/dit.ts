// The diffusion transformer with adaLN-Zero blocks (Peebles and Xie, arXiv 2212.09748 §3; spec/grafting §1), top to bottom.
// Names in quotes are facebookresearch/DiT's state-dict names. Shapes: B images, N tokens, D width, C channels.
import {
  add,
  gather,
  layerNorm,
  linear,
  mul,
  type Node,
  reshape,
  scoped,
  silu,
  slice,
  transpose,
} from '../graph/index.ts';
import { mha } from '../operators/mha/mha.ts';
import { mlp } from '../operators/mlp/mlp.ts';
import type { Operator } from '../operators/operator.ts';
import type { OperatorConfig, SlotId } from '../plan/plan.ts';
import { type DitShape, gridOf, outChannels, siteOf } from './shape.ts';

/** A weight by its full name. */
export type Weights = (name: string) => Node;

/** What stands in a slot. */
export interface SlotOperator {
  readonly operator: Operator;
  readonly config: OperatorConfig;
}
export type SlotOperators = Readonly<Partial<Record<SlotId, SlotOperator>>>;

export interface DitInputs {
  /** Noised images [B, C, H, W]. */
  readonly x: Node;
  /** Sinusoidal code of the timesteps [B, 256]. */
  readonly timeCode: Node;
  /** Class numbers [B] i32; the number of classes is the null class. */
  readonly y: Node;
}

/** The forward pass with the places that training and tests look at. */
export interface DitTrace {
  /** Noise and, with a learned variance, the variance parameter: [B, C or 2C, H, W]. */
  readonly output: Node;
  /** Tokens before the position code [B, N, D]. */
  readonly patchTokens: Node;
  readonly timeEmbedding: Node;
  readonly labelEmbedding: Node;
  /** Condition c = t + y [B, D]. */
  readonly condition: Node;
  /** Output of every block [B, N, D]. */
  readonly blocks: readonly Node[];
  /** Input and output (before the gate) of every slot's operator, and its gate [B, 1, D]. */
  readonly slots: ReadonlyMap<SlotId, { readonly input: Node; readonly output: Node; readonly gate: Node }>;
}

export const timeCodeWidth = 256;

/** The teacher's operators, for slots that nothing was grafted on. */
export function teacherOperator(shape: DitShape, slot: SlotId): SlotOperator {
  return slot.endsWith('.attn')
    ? { operator: mha, config: {} }
    : { operator: mlp, config: { ratio: shape.mlpRatio } };
}

export function dit(shape: DitShape, w: Weights, inputs: DitInputs, grafts: SlotOperators = {}): DitTrace {
  const patchTokens = scoped('x_embedder', () => patchify(shape, w, inputs.x));
  let x = add(patchTokens, w('pos_embed')); // [B, N, D]
  const t = scoped('t_embedder', () => timeEmbedding(w, inputs.timeCode)); // [B, D]
  const y = scoped('y_embedder', () => gather(w('y_embedder.embedding_table.weight'), inputs.y)); // [B, D]
  const c = add(t, y);
  const condition = silu(c);
  const blocks: Node[] = [];
  const slots = new Map<SlotId, { input: Node; output: Node; gate: Node }>();
  for (let i = 0; i < shape.depth; i++) {
    const name = `blocks.${i}` as const;
    scoped(name, () => {
      const m = scoped('adaLN_modulation', () => modulation(w, `${name}.adaLN_modulation.1`, condition, 6));
      const branch = (slot: SlotId, [shift, scale, gate]: readonly [Node, Node, Node]) => {
        const input = scoped('modulate', () => modulate(layerNorm(x), shift, scale));
        const { operator, config } = grafts[slot] ?? teacherOperator(shape, slot);
        const output = scoped(slot.slice(name.length + 1), () =>
          operator.apply(input, (weight) => w(`${slot}.${weight}`), config, siteOf(shape, slot)),
        );
        slots.set(slot, { input, output, gate });
        x = scoped('residual', () => add(x, mul(gate, output))); // [B, N, D]
      };
      branch(`${name}.attn`, m.first);
      branch(`${name}.mlp`, m.second);
      blocks.push(x);
    });
  }
  const output = scoped('final_layer', () => finalLayer(shape, w, x, condition));
  return {
    output,
    patchTokens,
    timeEmbedding: t,
    labelEmbedding: y,
    condition: c,
    blocks,
    slots,
  };
}

/** A stride-p convolution written as one product: [B, C, H, W] → [B, N, D]. */
function patchify(shape: DitShape, w: Weights, x: Node): Node {
  const { patchSize: p, channels, width } = shape;
  const g = gridOf(shape);
  const batch = x.shape[0] ?? 0;
  const cells = transpose(reshape(x, [batch, channels, g, p, g, p]), [0, 2, 4, 1, 3, 5]); // [B, g, g, C, p, p]
  const rows = reshape(cells, [batch, g * g, channels * p * p]);
  const weight = reshape(w('x_embedder.proj.weight'), [width, channels * p * p]);
  return linear(rows, weight, w('x_embedder.proj.bias'));
}

function timeEmbedding(w: Weights, code: Node): Node {
  const hidden = silu(linear(code, w('t_embedder.mlp.0.weight'), w('t_embedder.mlp.0.bias')));
  return linear(hidden, w('t_embedder.mlp.2.weight'), w('t_embedder.mlp.2.bias'));
}

type Triple = readonly [shift: Node, scale: Node, gate: Node];

/** Shift, scale and gate of both branches, each [B, 1, D], in the checkpoint's order. */
function modulation(
  w: Weights,
  name: string,
  condition: Node,
  parts: number,
): { first: Triple; second: Triple } {
  const m = linear(condition, w(`${name}.weight`), w(`${name}.bias`)); // [B, 6D]
  const width = (m.shape[1] ?? 0) / parts;
  const part = (i: number) => tokenwise(slice(m, 1, i * width, (i + 1) * width));
  return { first: [part(0), part(1), part(2)], second: [part(3), part(4), part(5)] };
}

/** [B, D] → [B, 1, D], the same for all tokens. */
function tokenwise(x: Node): Node {
  return reshape(x, [x.shape[0] ?? 0, 1, x.shape[1] ?? 0]);
}

function modulate(x: Node, shift: Node, scale: Node): Node {
  return add(mul(x, add(scale, 1)), shift);
}

/** [B, N, D] → [B, C', H, W]; within a token the order is row, column, channel. */
function finalLayer(shape: DitShape, w: Weights, x: Node, condition: Node): Node {
  const name = 'final_layer.adaLN_modulation.1';
  const m = linear(condition, w(`${name}.weight`), w(`${name}.bias`)); // [B, 2D]
  const shift = tokenwise(slice(m, 1, 0, shape.width));
  const scale = tokenwise(slice(m, 1, shape.width, 2 * shape.width));
  const hidden = modulate(layerNorm(x), shift, scale);
  const tokens = linear(hidden, w('final_layer.linear.weight'), w('final_layer.linear.bias'));
  const { patchSize: p, inputSize } = shape;
  const [batch, g, channels] = [x.shape[0] ?? 0, gridOf(shape), outChannels(shape)];
  const cells = transpose(reshape(tokens, [batch, g, g, p, p, channels]), [0, 5, 1, 3, 2, 4]);
  return reshape(cells, [batch, channels, inputSize, inputSize]);
}
