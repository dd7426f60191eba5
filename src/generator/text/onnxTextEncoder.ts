// A text encoder that is an ONNX file with its tokenizer, as CLIP's text model is published: what it says of each token
// of a phrase is what generator and translator read.
import { Tokenizer } from '@huggingface/tokenizers';
import type { OpenedModel } from '../../engine/onnx/openModel.ts';
import { FileError, known, UserError } from '../../lib/errors.ts';
import { i32, sizeOf, type Tensor } from '../../lib/tensor.ts';
import type { Encoding, TextEncoder } from './textEncoder.ts';

/** Tokens of a phrase that are read; what follows is not. A phrase of ours has twelve words at most. */
const ourTokens = 20;
/** Tokens that the net runs on: CLIP's length. Its attention looks back alone, so that padding changes nothing before it. */
const netTokens = 77;

export interface OnnxTextFiles {
  readonly model: Uint8Array;
  /** Texts of `tokenizer.json` and `tokenizer_config.json`. */
  readonly tokenizer: string;
  readonly tokenizerConfig: string;
  /** What the files are called where something is wrong with them. */
  readonly name: string;
}

interface OpensModels {
  openModel(file: Uint8Array): Promise<OpenedModel>;
}

/**
 * The net must take `input_ids` [1, 77] and may take `attention_mask`; of its outputs the first of shape [1, 77, W] is
 * read (`last_hidden_state`).
 * @throws FileError when the tokenizer cannot be read or the net takes or gives something else
 */
export async function onnxTextEncoder(engine: OpensModels, files: OnnxTextFiles): Promise<TextEncoder> {
  const tokenizer = opened(files);
  const model = await engine.openModel(files.model);
  const foreign = model.inputNames.filter((input) => input !== 'input_ids' && input !== 'attention_mask');
  if (foreign.length > 0 || !model.inputNames.includes('input_ids')) {
    throw new FileError(
      `${files.name} takes ${model.inputNames.join(', ')}; a text encoder takes input_ids and, at most, attention_mask.`,
    );
  }
  const ids = (phrase: string): number[] => tokenizer.encode(phrase).ids;
  // Beginning and end: what an empty phrase is made of too.
  const frame = ids('').length;
  const end = ids('').at(-1) ?? 0;
  const states = async (own: readonly number[]): Promise<Tensor> => {
    const row = (fill: number, value: (n: number) => number) =>
      i32(
        [1, netTokens],
        Int32Array.from({ length: netTokens }, (_, n) => (n < own.length ? value(n) : fill)),
      );
    const results = await model.run({
      input_ids: row(end, (n) => own[n] ?? end),
      ...(model.inputNames.includes('attention_mask') && { attention_mask: row(0, () => 1) }),
    });
    const found = Object.values(results).find(
      ({ shape, dtype }) => dtype === 'f32' && shape.length === 3 && shape[1] === netTokens,
    );
    if (found) return found;
    const got = Object.entries(results).map(([output, { shape }]) => `${output} [${shape.join(', ')}]`);
    throw new FileError(
      `${files.name} gives ${got.join(', ')}; a text encoder gives [1, ${netTokens}, features].`,
    );
  };
  const width = known((await states(ids(''))).shape[2], 'features');

  const read = new Map<string, Encoding>();
  const encode = async (phrase: string): Promise<Encoding> => {
    const own = ids(phrase).slice(0, netTokens);
    const { data } = await states(own);
    const count = Math.min(ourTokens, own.length) * width;
    const values = new Float32Array(sizeOf([ourTokens, width]));
    values.set(Float32Array.from(data).subarray(0, count));
    return { values, unknown: [], known: Math.max(0, own.length - frame) };
  };
  return {
    id: files.name,
    ...{ tokens: ourTokens, width },
    async prepare(phrases) {
      for (const phrase of phrases) if (!read.has(phrase)) read.set(phrase, await encode(phrase));
    },
    encode(phrase) {
      const found = read.get(phrase);
      if (found) return found;
      throw new UserError(`"${phrase}" was not read ahead; prepare it before it is encoded.`);
    },
  };
}

function opened({ tokenizer, tokenizerConfig, name }: OnnxTextFiles): Tokenizer {
  try {
    return new Tokenizer(JSON.parse(tokenizer), JSON.parse(tokenizerConfig));
  } catch (cause) {
    throw new FileError(`The tokenizer of ${name} cannot be read; it needs tokenizer.json and its config.`, {
      cause,
    });
  }
}
