import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { largestDifference } from '../cli/golden-data/goldenCase.ts';
import { memorySource } from '../formats/byteSource.ts';
import { openCheckpoint } from '../formats/checkpoint.ts';
import { f32, type Shape, sizeOf } from '../lib/tensor.ts';
import { operatorById } from '../operators/index.ts';
import { readAllTensors, recogniseDit, type StoredTensors } from './checkpoint.ts';
import type { SlotOperators } from './dit.ts';
import { tensorShapes } from './names.ts';
import { type DitShape, publishedShape } from './shape.ts';

const golden = new URL('../cli/golden-data/dit/checkpoints/', import.meta.url);
const open = (file: string) =>
  openCheckpoint(memorySource(new Uint8Array(readFileSync(new URL(file, golden))), file));
const hints = { heads: 2, inputSize: 8 };

const small: DitShape = {
  inputSize: 8,
  patchSize: 2,
  channels: 4,
  width: 16,
  depth: 3,
  heads: 2,
  mlpRatio: 4,
  classes: 5,
  learnSigma: true,
};

/** A file of that model, with zeros; `edits` replace shapes, and drop or add tensors. */
function fileOf(
  shape: DitShape,
  grafts: SlotOperators = {},
  edits: Readonly<Record<string, Shape | undefined>> = {},
  metadata: Record<string, string> = {},
): StoredTensors {
  const shapes = Object.entries({ ...Object.fromEntries(tensorShapes(shape, grafts)), ...edits });
  const tensors = new Map(
    shapes.flatMap(([name, extent]) => (extent ? [[name, { shape: extent }] as const] : [])),
  );
  const read = async (name: string) => {
    const extent = tensors.get(name)?.shape ?? [];
    return f32(extent, new Float32Array(sizeOf(extent)));
  };
  return { metadata, tensors, read };
}

describe('recogniseDit', () => {
  it('reads the golden model from both namings, with the same tensors', async () => {
    const original = recogniseDit(await open('dit.safetensors'), { hints });
    const diffusers = recogniseDit(await open('diffusers.safetensors'), { hints });
    expect(original).toMatchObject({ names: 'facebookresearch/DiT', grafts: {}, unknown: [], notes: [] });
    expect(diffusers).toMatchObject({ names: 'diffusers', grafts: {}, unknown: [], divisor: 'half' });
    expect(diffusers.shape).toEqual(original.shape);
    const wanted = await readAllTensors(original);
    for (const [name, { shape, data }] of Object.entries(await readAllTensors(diffusers))) {
      expect(shape, name).toEqual(wanted[name]?.shape);
      // The file's position table was rounded elsewhere; all else is copied.
      const far = name === 'pos_embed' ? 1e-6 : 0;
      expect(largestDifference(data, wanted[name]?.data ?? [])).toBeLessThanOrEqual(far);
    }
  });

  it('says which timestep code it takes for diffusers names', async () => {
    const file = await open('diffusers.safetensors');
    expect(recogniseDit(file, { hints }).notes).toEqual([
      'The file has no position table; the fixed sine-cosine table is computed.',
      'The timestep code divides by 128, as the original DiT does; diffusers’ own class divides by 127.',
    ]);
    const other = recogniseDit(file, { hints, divisor: 'halfMinusOne' });
    expect(other.divisor).toBe('halfMinusOne');
    expect(other.notes).toContain(
      'The timestep code divides by 127, as diffusers’ class does; the original DiT divides by 128.',
    );
    expect(() => recogniseDit(file, { hints: { heads: 2 } })).toThrow(
      'The checkpoint has no pos_embed and does not say its image size; name it (input_size, sample_size in diffusers’ config.json).',
    );
  });

  it('knows the heads of the published sizes, reads them from metadata, or says its guess', () => {
    const xl = recogniseDit(fileOf(publishedShape('XL', 2, { classes: 3 })));
    expect(xl.shape).toEqual(publishedShape('XL', 2, { classes: 3 }));
    expect(xl.notes).toEqual([]);
    expect(recogniseDit(fileOf(small, {}, {}, { num_heads: '4' })).shape.heads).toBe(4);
    expect(recogniseDit(fileOf(small, {}, {}, { config: '{"num_attention_heads": 8}' })).shape.heads).toBe(8);
    const guessed = recogniseDit(fileOf({ ...small, width: 192 }));
    expect(guessed.shape.heads).toBe(3);
    expect(guessed.notes).toEqual([
      'The file does not say how many attention heads it has; 3 of width 64 are assumed, and wrong heads give wrong images.',
    ]);
    expect(() => recogniseDit(fileOf(small, {}, {}, { num_heads: '5' }))).toThrow(
      'The checkpoint’s width 16 is not a multiple of the 5 heads it names.',
    );
  });

  it('reads grafts off the tensors', () => {
    const graft = (id: string, config: Record<string, number | string>) => ({
      operator: operatorById(id),
      config,
    });
    const grafts: SlotOperators = {
      'blocks.0.attn': graft('swa', { window: 4, shape: 'raster' }),
      'blocks.1.attn': graft('mamba2', { state: 8, expand: 2, headWidth: 4, taps: 3 }),
      'blocks.2.attn': graft('hyena_y', { taps: 5 }),
      'blocks.0.mlp': graft('mlp_hyena_x', { ratio: 1.5, taps: 2 }),
      'blocks.1.mlp': graft('mlp', { ratio: 3 }),
    };
    const metadata = { mlp_ratio: '4', num_heads: '2' };
    const found = recogniseDit(fileOf(small, grafts, {}, metadata));
    expect(found.grafts).toEqual(grafts);
    expect(found.notes).toEqual([
      'The file does not say how far its sliding windows see; ±4 tokens are assumed.',
    ]);
    expect(recogniseDit(fileOf(small, grafts, {}, metadata), { window: 2 }).notes).toEqual([]);
  });

  it('lists tensors that belong to no part of the model', () => {
    const file = fileOf(small, {}, { 'head.weight': [3, 16] }, { num_heads: '2' });
    expect(recogniseDit(file).unknown).toEqual(['head.weight']);
  });

  it.each<[string, Record<string, Shape | undefined>, string]>([
    [
      'another shape',
      { 'blocks.2.attn.qkv.weight': [48, 8] },
      'blocks.2.attn.qkv.weight has shape [48, 8], expected [48, 16] in a DiT of depth 3 and width 16.',
    ],
    [
      'a transposed weight',
      { 'blocks.1.mlp.fc2.weight': [64, 16], 'blocks.2.mlp.fc2.weight': [64, 16] },
      'blocks.1.mlp.fc2.weight has shape [64, 16], expected [16, 64] in a DiT of depth 3 and width 16; it is transposed (and 1 more of its tensors do not fit either).',
    ],
    [
      'missing tensors',
      { 'blocks.1.mlp.fc2.bias': undefined, 'final_layer.linear.bias': undefined },
      'The checkpoint lacks tensors of a DiT of depth 3 and width 16: blocks.1.mlp.fc2.bias, final_layer.linear.bias.',
    ],
    [
      'no final layer',
      { 'final_layer.linear.weight': undefined },
      'The checkpoint lacks final_layer.linear.weight, so it is not a whole class-conditional DiT.',
    ],
    [
      'an unknown operator',
      { 'blocks.0.attn.qkv.weight': undefined },
      'blocks.0.attn holds no operator that Scion knows: its tensors are qkv.bias, proj.weight, proj.bias; see the operators in the palette.',
    ],
    [
      'another model',
      { 'x_embedder.proj.weight': undefined },
      'This is no checkpoint of a class-conditional DiT: it should name x_embedder.proj.weight or, from diffusers, pos_embed.proj.weight; its tensors are pos_embed, x_embedder.proj.bias, t_embedder.mlp.0.weight, t_embedder.mlp.0.bias.',
    ],
    [
      'a position table of no square grid',
      { pos_embed: [1, 15, 16] },
      'pos_embed has shape [1, 15, 16], expected [1, N, 16] with N the square of the token grid.',
    ],
  ])('refuses %s with a sentence', (_, edits, sentence) => {
    expect(() => recogniseDit(fileOf(small, {}, edits, { num_heads: '2' }))).toThrow(sentence);
  });
});
