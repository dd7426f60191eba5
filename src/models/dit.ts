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
import type { Operator, SlotSite } from '../operators/operator.ts';
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
  readonly slots: ReadonlyMap<SlotId, SlotTrace>;
}

/** Input and output (before the gate) of a slot's operator, each [B, N, D], and its gate [B, 1, D]. */
export interface SlotTrace {
  readonly input: Node;
  readonly output: Node;
  readonly gate: Node;
}

export const timeCodeWidth = 256;
/** Name below a block, and below the final layer, of the linear layer that modulates it. */
const modulator = 'adaLN_modulation.1';

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
  const slots = new Map<SlotId, SlotTrace>();
  const mixer = (slot: SlotId): Mixer => ({
    ...(grafts[slot] ?? teacherOperator(shape, slot)),
    site: siteOf(shape, slot),
  });
  for (let i = 0; i < shape.depth; i++) {
    const name = `blocks.${i}` as const;
    const [attn, mlp] = [mixer(`${name}.attn`), mixer(`${name}.mlp`)];
    const block = scoped(name, () =>
      ditBlock((weight) => w(`${name}.${weight}`), x, condition, { attn, mlp }),
    );
    slots.set(`${name}.attn`, block.attn);
    slots.set(`${name}.mlp`, block.mlp);
    x = block.output;
    blocks.push(x);
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

/** An operator and where it stands. */
export interface Mixer extends SlotOperator {
  readonly site: SlotSite;
}

/** Both mixers of a block. */
export interface BlockMixers {
  readonly attn: Mixer;
  readonly mlp: Mixer;
}

export interface BlockTrace {
  /** [B, N, D] */
  readonly output: Node;
  /** Shift, scale and gate of both branches before they are cut apart [B, 6D]. */
  readonly modulation: Node;
  readonly attn: SlotTrace;
  readonly mlp: SlotTrace;
}

/**
 * One block: x ← x + gate · mixer(LN(x)(1 + scale) + shift), for the sequence mixer, then for the channel mixer.
 * @param w weights by their names below the block
 * @param x tokens [B, N, D]
 * @param condition SiLU(c) [B, D]
 */
export function ditBlock(w: Weights, x: Node, condition: Node, mixers: BlockMixers): BlockTrace {
  const m = scoped('adaLN_modulation', () =>
    linear(condition, w(`${modulator}.weight`), w(`${modulator}.bias`)),
  );
  const width = x.shape[2] ?? 0;
  const part = (i: number) =>
    scoped('adaLN_modulation', () => tokenwise(slice(m, 1, i * width, (i + 1) * width)));
  const branch = (name: 'attn' | 'mlp', tokens: Node, first: number): SlotTrace & { readonly sum: Node } => {
    const [shift, scale, gate] = [part(first), part(first + 1), part(first + 2)] as const;
    const input = scoped('modulate', () => modulate(layerNorm(tokens), shift, scale));
    const { operator, config, site } = mixers[name];
    const output = scoped(name, () =>
      operator.apply(input, (weight) => w(`${name}.${weight}`), config, site),
    );
    const sum = scoped('residual', () => add(tokens, mul(gate, output)));
    return { input, output, gate, sum };
  };
  const attn = branch('attn', x, 0);
  const mlp = branch('mlp', attn.sum, 3);
  return { output: mlp.sum, modulation: m, attn, mlp };
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

/** [B, D] → [B, 1, D], the same for all tokens. */
function tokenwise(x: Node): Node {
  return reshape(x, [x.shape[0] ?? 0, 1, x.shape[1] ?? 0]);
}

function modulate(x: Node, shift: Node, scale: Node): Node {
  return add(mul(x, add(scale, 1)), shift);
}

/** [B, N, D] → [B, C', H, W]; within a token the order is row, column, channel. */
function finalLayer(shape: DitShape, w: Weights, x: Node, condition: Node): Node {
  const name = `final_layer.${modulator}`;
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
