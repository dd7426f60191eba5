// The names of a DiT's tensors: which exist, with which shapes, and what diffusers calls them (spec/grafting §1.5, §1.6).
import type { Shape } from '../lib/tensor.ts';
import type { SlotOperators } from './dit.ts';
import { parameterShapes } from './parameterShapes.ts';
import { type DitShape, gridOf } from './shape.ts';

/** Every tensor of a checkpoint: the fixed position table, then what was trained. */
export function tensorShapes(shape: DitShape, grafts: SlotOperators = {}): ReadonlyMap<string, Shape> {
  const tokens = gridOf(shape) ** 2;
  return new Map([['pos_embed', [1, tokens, shape.width]], ...parameterShapes(shape, grafts)]);
}

/** DiT name → diffusers name, outside the blocks; time and label embedders are the copies of block 0. */
const outside: Readonly<Record<string, string>> = {
  'x_embedder.proj': 'pos_embed.proj',
  't_embedder.mlp.0': 'transformer_blocks.0.norm1.emb.timestep_embedder.linear_1',
  't_embedder.mlp.2': 'transformer_blocks.0.norm1.emb.timestep_embedder.linear_2',
  'y_embedder.embedding_table': 'transformer_blocks.0.norm1.emb.class_embedder.embedding_table',
  'final_layer.adaLN_modulation.1': 'proj_out_1',
  'final_layer.linear': 'proj_out_2',
};

/** DiT name → diffusers names inside a block; several are stacked along their rows. */
const inside: Readonly<Record<string, readonly string[]>> = {
  'attn.qkv': ['attn1.to_q', 'attn1.to_k', 'attn1.to_v'],
  'attn.proj': ['attn1.to_out.0'],
  'mlp.fc1': ['ff.net.0.proj'],
  'mlp.fc2': ['ff.net.2'],
  'adaLN_modulation.1': ['norm1.linear'],
};

/** The layers of an ungrafted DiT, those that diffusers has too. */
export function ditLayers(depth: number): readonly string[] {
  const blocks = Array.from({ length: depth }, (_, i) =>
    Object.keys(inside).map((layer) => `blocks.${i}.${layer}`),
  );
  return [...Object.keys(outside), ...blocks.flat()];
}

/** The tensors of a diffusers file that make up one of DiT's; undefined for `pos_embed`, which diffusers computes. */
export function diffusersNames(name: string): readonly string[] | undefined {
  const dot = name.lastIndexOf('.');
  const [layer, part] = [name.slice(0, dot), name.slice(dot + 1)];
  const block = /^blocks\.(\d+)\.(.+)$/.exec(layer);
  if (!block) {
    const found = outside[layer];
    return found === undefined ? undefined : [`${found}.${part}`];
  }
  return inside[block[2] ?? '']?.map((found) => `transformer_blocks.${block[1]}.${found}.${part}`);
}

/** Whether a diffusers tensor is a copy that the class keeps in every block and DiT has once. */
export function isRepeatedInDiffusers(name: string): boolean {
  return /^transformer_blocks\.[1-9]\d*\.norm1\.emb\./.test(name);
}
