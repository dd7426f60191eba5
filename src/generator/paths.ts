// Where the bundled parts of the weight generator lie, below the site's root.
import type { StyleSet, sourceSet } from './concepts/concept.ts';

export const wordTablePath = 'models/text/words.bin';

/** Pictures of one emoji set: a square sheet of 32 × 32 cells. */
export const sheetPath = (set: StyleSet | typeof sourceSet) => `data/emoji/${set}.png`;
export const emojiNamesPath = 'data/emoji/names.json';
