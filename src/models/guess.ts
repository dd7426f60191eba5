// Best guesses at tensors that belong to no part of a DiT, and at models that are no DiT, by their names and shapes.
import { type Shape, showShape } from '../lib/tensor.ts';
import type { DitShape } from './shape.ts';

interface Guess {
  readonly matches: RegExp;
  readonly label: string;
}

const models: readonly Guess[] = [
  { matches: /lora_(a|b|up|down)\b/i, label: 'LoRA updates without their model' },
  { matches: /^(double_blocks|single_transformer_blocks|single_blocks)\./, label: 'a FLUX model' },
  { matches: /(^|\.)(joint_blocks|context_embedder)\./, label: 'a Stable Diffusion 3 model (MMDiT)' },
  {
    matches: /^(adaln_single|caption_projection)\.|\.(cross_attn|attn2)\.to?_?/,
    label: 'a PixArt model, which takes text',
  },
  {
    matches: /^(model\.diffusion_model\.)?(input_blocks|down_blocks)\.|^unet\./,
    label: 'a U-Net such as Stable Diffusion’s',
  },
  { matches: /^(first_stage_model\.)?(encoder\.(down|mid)|decoder\.(up|mid))/, label: 'a VAE' },
  { matches: /^(model\.)?layers\.\d+\.(self_attn|mlp)\.|^transformer\.h\.\d+\./, label: 'a language model' },
  { matches: /^(text_model|vision_model|visual)\./, label: 'a CLIP model' },
  { matches: /^(state|param_groups|optimizer)\b|\.exp_avg/, label: 'the state of an optimizer' },
];

/** What model has such tensors, to follow "as in"; undefined where nothing fits. */
export function guessModel(names: Iterable<string>): string | undefined {
  const all = [...names];
  return models.find(({ matches }) => all.some((name) => matches.test(name)))?.label;
}

const parts: readonly Guess[] = [
  { matches: /lora_(a|b|up|down)\b/i, label: 'a LoRA update of a layer' },
  { matches: /exp_avg|momentum|optimizer/, label: 'state of an optimizer' },
  { matches: /(^|\.)ema[._]|_ema\b|^shadow/, label: 'a moving average of the weights' },
  { matches: /rotary|rope|inv_freq|freqs_c/, label: 'frequencies of a rotary position code' },
  { matches: /rel_pos|relative_position/, label: 'a relative position bias' },
  { matches: /(^|\.)(q|k|query|key)_norm/, label: 'a norm of queries or keys' },
  { matches: /cls_token|register_tokens|mask_token/, label: 'additional tokens' },
  { matches: /cross_attn|attn2\.|encoder_proj|caption|text_/, label: 'a part that reads text' },
  { matches: /first_stage_model|^vae\.|^(encoder|decoder)\./, label: 'part of a VAE' },
  { matches: /cond_stage|conditioner/, label: 'part of a text encoder' },
  { matches: /betas$|alphas_cumprod|posterior_|sqrt_/, label: 'a table of the noise schedule' },
  { matches: /pos_embed/, label: 'a position table' },
  {
    matches: /norm\d*\.(weight|bias)$|ln_|layernorm/i,
    label: 'a trained norm; a DiT’s norms have no weights',
  },
  { matches: /router|experts?\./, label: 'part of a mixture of experts' },
  { matches: /num_batches_tracked|running_(mean|var)/, label: 'statistics of a batch norm' },
];

/** In a few words what an unknown tensor may be, by its name, else by its shape. */
export function guessTensor(name: string, shape: Shape, { width, depth }: DitShape): string {
  const block = /^(?:transformer_)?blocks\.(\d+)\./.exec(name);
  if (block && Number(block[1]) >= depth) return `part of a block ${block[1]} behind the last, ${depth - 1}`;
  const named = parts.find(({ matches }) => matches.test(name))?.label;
  return named ?? byShape(shape, width);
}

function byShape(shape: Shape, width: number): string {
  const [first, second] = shape;
  if (shape.length === 0 || shape.every((extent) => extent === 1)) return 'a single number';
  if (shape.length === 1) return first === width ? 'a bias or scale as wide as the model' : 'a bias or scale';
  if (shape.length === 2 && first === width && second === width) return 'a projection as wide as the model';
  if (shape.length === 2 && (first === width || second === width))
    return 'a projection from or to the model’s width';
  return `a tensor of shape ${showShape(shape)}`;
}
