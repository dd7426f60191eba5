// The files that styles are made of. The translator's base, the words and the emoji are needed for anything; each of the
// others is needed for some starts, and where it is missing or of another base, those starts say so.

import { sourceSet, styleSets } from '../../generator/concepts/concept.ts';
import { ConceptPictures } from '../../generator/data/batches.ts';
import { loadEmoji } from '../../generator/data/emoji.ts';
import { decodeWeightDataSet, type WeightDataSet } from '../../generator/dataset/weightDataSet.ts';
import { decodeGenerator, type GeneratorModel } from '../../generator/denoiser/file.ts';
import {
  emojiNamesPath,
  generatorPath,
  neighboursPath,
  regressorPath,
  sheetPath,
  studyPath,
  translatorBasePath,
  wordTablePath,
} from '../../generator/paths.ts';
import { readWordTable, wordVectorEncoder } from '../../generator/text/wordVectors.ts';
import {
  decodeBase,
  requireBase,
  requireEncoder,
  type TranslatorBase,
} from '../../generator/translator/baseFile.ts';
import { sentence, UserError } from '../../lib/errors.ts';
import type { ReadFile } from '../../train/dataset.ts';
import { type StudyRecord, studyRecord } from './recommendation.ts';

/** What a file holds, or one sentence on why it is of no use here. */
export type Part<T> =
  | { readonly state: 'there'; readonly value: T }
  | { readonly state: 'missing'; readonly why: string };

export interface StyleFiles {
  readonly base: TranslatorBase;
  readonly pictures: ConceptPictures;
  readonly generator: Part<GeneratorModel>;
  readonly regressor: Part<GeneratorModel>;
  /** The last checkpoint of every trained concept. */
  readonly neighbours: Part<WeightDataSet>;
  /** What the study of starts found; null where it is not part of this build. */
  readonly study: StudyRecord | null;
}

export async function loadStyleFiles(fetchFile: ReadFile): Promise<StyleFiles> {
  const read = allAtOnce(fetchFile);
  const base = await decodeBase(
    await needed(read, translatorBasePath, 'generator:base'),
    nameOf(translatorBasePath),
  );
  const words = readWordTable(await needed(read, wordTablePath, 'generator:words'), nameOf(wordTablePath));
  const encoder = wordVectorEncoder(words);
  requireEncoder(base, encoder);
  const emoji = await loadEmoji((path) => needed(read, path, 'generator:emoji'));
  const ofBase = async <T extends { readonly base: string }>(
    path: string,
    command: string,
    decode: (bytes: Uint8Array, name: string) => Promise<T>,
  ): Promise<Part<T>> => {
    try {
      const value = await decode(await needed(read, path, command), nameOf(path));
      requireBase(base, value.base, nameOf(path));
      return { state: 'there', value };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { state: 'missing', why: error.message };
    }
  };
  return {
    base,
    pictures: new ConceptPictures(emoji, encoder),
    generator: await ofBase(generatorPath, 'generator:train', decodeGenerator),
    regressor: await ofBase(regressorPath, 'generator:train -- --task regress', decodeGenerator),
    neighbours: await ofBase(neighboursPath, 'generator:data', decodeWeightDataSet),
    study: await read(studyPath).then(
      (bytes) => studyRecord(JSON.parse(new TextDecoder().decode(bytes))),
      () => null,
    ),
  };
}

/** Begins to fetch every file at once; each is decoded when its turn comes. */
function allAtOnce(fetchFile: ReadFile): ReadFile {
  const sets = [sourceSet, ...styleSets.map(({ id }) => id)] as const;
  const paths = [
    ...[translatorBasePath, wordTablePath, emojiNamesPath, generatorPath, regressorPath, neighboursPath],
    ...[studyPath, ...sets.map(sheetPath)],
  ];
  const fetched = new Map(paths.map((path) => [path, fetchFile(path)]));
  // Whoever waits for a file that is missing is told; those that nobody waits for any more are no failure.
  for (const file of fetched.values()) file.catch(() => undefined);
  return (path) => fetched.get(path) ?? fetchFile(path);
}

/** @throws UserError that names the command which makes the file */
async function needed(read: ReadFile, path: string, command: string): Promise<Uint8Array> {
  try {
    return await read(path);
  } catch (cause) {
    const why = sentence(cause).replace(/\.$/, '');
    throw new UserError(
      `${nameOf(path)} is needed for styles and is not there (${why}); npm run ${command} makes it.`,
      { cause, action: 'retry' },
    );
  }
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? path;
}
