// An ONNX text encoder put in the place of the bundled one: a net and a tokenizer built as CLIP's are, a few numbers wide.
import { describe, expect, it } from 'vitest';
import { lowerToOnnx } from '../../engine/onnx/lower.ts';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { encodeOnnx } from '../../formats/onnxModel.ts';
import { add, constant, cumsum, gather, graphOf, input, reshape } from '../../graph/index.ts';
import { randomStream } from '../../lib/random.ts';
import { f32 } from '../../lib/tensor.ts';
import { nearestAdapter } from '../baselines.ts';
import { phraseOf } from '../concepts/concept.ts';
import { freshUnet } from '../denoiser/freshUnet.ts';
import { WeightGenerator } from '../generate.ts';
import { toyBase, toyDataSet, toyDenoiser, toyTranslator } from '../testing.ts';
import { onnxTextEncoder } from './onnxTextEncoder.ts';

const engine = onnxEngine(await nodeRuntime());
const letters = [...'abcdefghijklmnopqrstuvwxyz,'];
const pieces = [...letters, ...letters.map((letter) => `${letter}</w>`), 'se', 'sep', 'ia</w>', 'sepia</w>'];
const vocabulary = Object.fromEntries(
  ['<|startoftext|>', '<|endoftext|>', ...pieces].map((piece, id) => [piece, id]),
);
const special = (id: number, content: string) => ({
  ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
});
const tokenizer = JSON.stringify({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [special(0, '<|startoftext|>'), special(1, '<|endoftext|>')],
  normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      {
        type: 'Split',
        pattern: { Regex: '[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+' },
        behavior: 'Removed',
        invert: true,
      },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
    ],
  },
  post_processor: {
    ...{ type: 'RobertaProcessing', sep: ['<|endoftext|>', 1], cls: ['<|startoftext|>', 0] },
    ...{ trim_offsets: false, add_prefix_space: false },
  },
  decoder: { type: 'ByteLevel' },
  model: {
    ...{ type: 'BPE', dropout: null, unk_token: '<|endoftext|>', continuing_subword_prefix: '' },
    ...{ end_of_word_suffix: '</w>', fuse_unk: false, vocab: vocabulary },
    merges: ['s e', 'se p', 'i a</w>', 'sep ia</w>'],
  },
});
const width = 4;

/** Each token's state is the sum of the table's rows up to it: like CLIP's causal attention, it looks back alone. */
function textNet(inputName = 'input_ids', tokens = 77): Uint8Array {
  const count = Object.keys(vocabulary).length;
  const table = f32([count, width], randomStream(1, 'table').normal(new Float32Array(count * width)));
  const ids = input(inputName, [1, tokens], 'i32');
  const states = cumsum(gather(constant(table), ids), 1);
  return encodeOnnx(
    lowerToOnnx(graphOf({ last_hidden_state: add(states, reshape(constant(f32([1], [0.5])), [1, 1, 1])) }), {
      ...{ name: 'text', int64Inputs: [inputName] },
    }),
  );
}

const files = { tokenizer, tokenizerConfig: '{}', name: 'toy clip', model: textNet() };

describe('an ONNX text encoder', () => {
  it('gives a token a row, what follows zeros, and phrases that differ differ', async () => {
    const encoder = await onnxTextEncoder(engine, files);
    expect([encoder.tokens, encoder.width]).toEqual([20, width]);
    await encoder.prepare?.(['Sepia', 'sepia, x', ' ']);
    const { values, known } = encoder.encode('Sepia');
    // Beginning, one word, end.
    expect(known).toBe(1);
    expect(values.subarray(3 * width).every((value) => value === 0)).toBe(true);
    expect(values.subarray(0, 3 * width).every((value) => value !== 0)).toBe(true);
    const longer = encoder.encode('sepia, x');
    expect(longer.known).toBe(3);
    expect(longer.values.slice(0, 2 * width)).toEqual(values.slice(0, 2 * width));
    expect(longer.values[2 * width]).not.toBe(values[2 * width]);
    expect(encoder.encode(' ').known).toBe(0);
  });

  it('stands in for the bundled one where a generator was trained with it', async () => {
    const encoder = await onnxTextEncoder(engine, files);
    const data = toyDataSet();
    // A fresh net's attention gives nothing yet.
    const weights = Object.fromEntries(
      Object.entries(freshUnet(toyDenoiser.unet, 0)).map(([name, { shape, data: values }]) => [
        name,
        f32(shape, randomStream(2, name).normal(new Float32Array(values.length))),
      ]),
    );
    const model = {
      ...{ config: toyDenoiser, translator: toyTranslator, base: toyBase.hash, timestep: 999 },
      ...{ normalisation: data.normalisation, weights },
    };
    const generator = await WeightGenerator.create(engine, model, encoder);
    const made = await generator.generate('sepia', { seed: 0 });
    const other = await generator.generate('night', { seed: 0 });
    expect(made.normalised).not.toEqual(other.normalised);
    const [first] = data.entries;
    if (!first) throw new Error('no entry');
    const near = await nearestAdapter(data, encoder, phraseOf(first.concept));
    expect(near.concept.id).toBe(first.concept.id);
    expect(near.similarity).toBeCloseTo(1, 6);
  });

  it('says what is wrong with files and with a phrase that was not read', async () => {
    const encoder = await onnxTextEncoder(engine, files);
    expect(() => encoder.encode('sepia')).toThrow(
      '"sepia" was not read ahead; prepare it before it is encoded.',
    );
    await expect(onnxTextEncoder(engine, { ...files, model: textNet('pixel_values') })).rejects.toThrow(
      'toy clip takes pixel_values; a text encoder takes input_ids and, at most, attention_mask.',
    );
    await expect(onnxTextEncoder(engine, { ...files, tokenizer: '{' })).rejects.toThrow(
      'The tokenizer of toy clip cannot be read; it needs tokenizer.json and its config.',
    );
  });
});
