// Where the bundled parts of the weight generator lie, below the site's root.
import type { StyleSet, sourceSet } from './concepts/concept.ts';

export const wordTablePath = 'models/text/words.bin';

/** Pictures of one emoji set: a square sheet of 32 × 32 cells. */
export const sheetPath = (set: StyleSet | typeof sourceSet) => `data/emoji/${set}.png`;
export const emojiNamesPath = 'data/emoji/names.json';

/** The translator's base, the generator and the plain regressor that it is held against. */
export const translatorBasePath = 'models/generator/base.safetensors';
export const generatorPath = 'models/generator/generator.safetensors';
export const regressorPath = 'models/generator/regressor.safetensors';
/** The last checkpoint of every trained concept: nearest neighbours, and distances to what was trained on. */
export const neighboursPath = 'models/generator/neighbours.safetensors';
/** What `npm run study -- generator` found: which start is offered first. */
export const studyPath = 'models/generator/study.json';
/** The generator of operators, which the trainer asks for start weights. */
export const operatorModelPath = 'models/generator/operators.safetensors';
