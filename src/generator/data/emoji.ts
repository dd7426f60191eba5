// The bundled emoji: six drawings of each, some held out from all training.
import { FileError } from '../../lib/errors.ts';
import { type StyleSet, sourceSet, styleSets } from '../concepts/concept.ts';
import type { Picture } from '../concepts/picture.ts';
import { emojiNamesPath, sheetPath } from '../paths.ts';
import { readSheet, type Sheet } from './sheet.ts';

export type EmojiSet = StyleSet | typeof sourceSet;

export interface Emoji {
  readonly names: readonly string[];
  /** Emoji below this number are trained on; those from it on are held out. */
  readonly trained: number;
  picture(set: EmojiSet, index: number): Picture;
}

/** The order of names is random, so the last ones are a fair sample. */
const heldOutEmoji = 64;

export async function loadEmoji(read: (path: string) => Promise<Uint8Array>): Promise<Emoji> {
  const names: unknown = JSON.parse(new TextDecoder().decode(await read(emojiNamesPath)));
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw new FileError(`${emojiNamesPath} is no list of names; make it with generator:emoji.`);
  }
  const sheets = new Map<EmojiSet, Sheet>();
  const ids: readonly EmojiSet[] = [sourceSet, ...styleSets.map(({ id }) => id)];
  for (const set of ids) {
    sheets.set(set, readSheet(await read(sheetPath(set)), sheetPath(set), names.length));
  }
  return emojiOf(names, (set, index) => {
    const sheet = sheets.get(set);
    if (!sheet) throw new FileError(`There is no sheet of ${set}.`);
    return sheet.picture(index);
  });
}

/** Emoji of any drawings; what was drawn once is kept. */
export function emojiOf(
  names: readonly string[],
  draw: (set: EmojiSet, index: number) => Picture,
  heldOut = heldOutEmoji,
): Emoji {
  const kept = new Map<string, Picture>();
  return {
    names,
    trained: names.length - heldOut,
    picture(set, index) {
      const key = `${set}/${index}`;
      const picture = kept.get(key) ?? draw(set, index);
      kept.set(key, picture);
      return picture;
    },
  };
}
