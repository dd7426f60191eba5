// What the generator's commands share: the bundled pictures and words, the base, and where their records lie.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConceptPictures } from '../generator/data/batches.ts';
import { loadEmoji } from '../generator/data/emoji.ts';
import { decodeWeightDataSet, type WeightDataSet } from '../generator/dataset/weightDataSet.ts';
import { wordTablePath } from '../generator/paths.ts';
import type { TextEncoder } from '../generator/text/textEncoder.ts';
import { readWordTable, wordVectorEncoder } from '../generator/text/wordVectors.ts';
import { decodeBase, requireBase, type TranslatorBase } from '../generator/translator/baseFile.ts';
import { UserError } from '../lib/errors.ts';

export const generatorCache = join('.cache', 'generator');
export const dataSetFile = join(generatorCache, 'data-set.safetensors');

export async function readPublic(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join('public', path)));
}

export async function bundledEncoder(): Promise<TextEncoder> {
  return wordVectorEncoder(readWordTable(await readPublic(wordTablePath), wordTablePath));
}

export async function bundledPictures(): Promise<ConceptPictures> {
  return new ConceptPictures(await loadEmoji(readPublic), await bundledEncoder());
}

export async function bundledTranslator(path: string): Promise<TranslatorBase> {
  return decodeBase(await needed(path, 'generator:base'), path);
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
