// What the generator's commands share: the bundled pictures and words, the base, and where their records lie.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { nodeRuntime } from '../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../engine/onnx/onnxEngine.ts';
import { phrasesOf } from '../generator/concepts/concept.ts';
import { conceptSplit } from '../generator/concepts/split.ts';
import { ConceptPictures } from '../generator/data/batches.ts';
import { loadEmoji } from '../generator/data/emoji.ts';
import { decodeWeightDataSet, type WeightDataSet } from '../generator/dataset/weightDataSet.ts';
import { wordTablePath } from '../generator/paths.ts';
import { onnxTextEncoder } from '../generator/text/onnxTextEncoder.ts';
import type { TextEncoder } from '../generator/text/textEncoder.ts';
import { readWordTable, wordVectorEncoder } from '../generator/text/wordVectors.ts';
import { decodeBase, requireBase, type TranslatorBase } from '../generator/translator/baseFile.ts';
import { UserError } from '../lib/errors.ts';

export const generatorCache = join('.cache', 'generator');
export const dataSetFile = join(generatorCache, 'data-set.safetensors');
/** The base that the study holds ours against; it does not ship. */
export const e2ganFile = join(generatorCache, 'e2gan.safetensors');

export async function readPublic(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join('public', path)));
}

/** What `--text-encoder` is by default: the bundled word vectors. */
export const wordVectors = '';

/**
 * @param folder of `model.onnx`, `tokenizer.json` and `tokenizer_config.json`, as CLIP's text model is published; or
 * `wordVectors`. Every part is to be made anew with one and the same encoder: base, adapters, generator, regressor.
 */
export async function bundledPictures(folder = wordVectors): Promise<ConceptPictures> {
  const encoder = folder === wordVectors ? await bundledEncoder() : await encoderIn(folder);
  await encoder.prepare?.(conceptSplit().flatMap(({ concept }) => phrasesOf(concept)));
  return new ConceptPictures(await loadEmoji(readPublic), encoder);
}

async function bundledEncoder(): Promise<TextEncoder> {
  return wordVectorEncoder(readWordTable(await readPublic(wordTablePath), wordTablePath));
}

/** Every word of the bundled vectors. */
export async function bundledWords(): Promise<readonly string[]> {
  return readWordTable(await readPublic(wordTablePath), wordTablePath).words;
}

async function encoderIn(folder: string): Promise<TextEncoder> {
  const file = (name: string) =>
    readFile(join(folder, name)).catch((cause: unknown) => {
      throw new UserError(
        `${folder} has no ${name}; a text encoder is a folder of model.onnx, tokenizer.json and tokenizer_config.json.`,
        { cause },
      );
    });
  const text = async (name: string) => new TextDecoder().decode(await file(name));
  const files = {
    ...{ name: basename(folder), model: await file('model.onnx') },
    ...{ tokenizer: await text('tokenizer.json'), tokenizerConfig: await text('tokenizer_config.json') },
  };
  return onnxTextEncoder(onnxEngine(await nodeRuntime()), files);
}

export async function bundledTranslator(path: string, command = 'generator:base'): Promise<TranslatorBase> {
  return decodeBase(await needed(path, command), path);
}

/** @throws UserError when its adapters were trained from another base */
export async function builtDataSet(base: TranslatorBase, path = dataSetFile): Promise<WeightDataSet> {
  const data = await decodeWeightDataSet(await needed(path, 'generator:data'), path);
  requireBase(base, data.base, path);
  return data;
}

async function needed(path: string, command: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new UserError(`${path} is not there yet; make it with npm run ${command}.`, { cause });
  }
}
