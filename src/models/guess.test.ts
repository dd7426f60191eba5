import { describe, expect, it } from 'vitest';
import { guessModel, guessTensor } from './guess.ts';
import { publishedShape } from './shape.ts';

const shape = publishedShape('S', 2);

describe('guesses', () => {
  it.each([
    [['double_blocks.0.img_attn.qkv.weight'], 'a FLUX model'],
    [['model.diffusion_model.input_blocks.0.0.weight'], 'a U-Net such as Stable Diffusion’s'],
    [['model.layers.3.self_attn.q_proj.weight'], 'a language model'],
    [['adaln_single.linear.weight', 'pos_embed.proj.bias'], 'a PixArt model, which takes text'],
    [['unet.lora_A.weight'], 'LoRA updates without their model'],
    [['something.weight'], undefined],
  ])('know the model of %j', (names, label) => {
    expect(guessModel(names)).toBe(label);
  });

  it.each([
    ['blocks.12.attn.qkv.weight', [1152, 384], 'part of a block 12 behind the last, 11'],
    ['blocks.0.attn.q_norm.weight', [64], 'a norm of queries or keys'],
    ['rope.inv_freq', [32], 'frequencies of a rotary position code'],
    ['extra', [384, 384], 'a projection as wide as the model'],
    ['extra', [384], 'a bias or scale as wide as the model'],
    ['extra', [384, 7], 'a projection from or to the model’s width'],
    ['extra', [], 'a single number'],
    ['extra', [2, 3, 4], 'a tensor of shape [2, 3, 4]'],
  ])('say what %s %j may be', (name, extent, label) => {
    expect(guessTensor(name, extent, shape)).toBe(label);
  });
});
