// A concept: what the translator should turn a picture into. One or two steps, each a filter at a level or another
// emoji set's drawing; its phrase names the steps, so a text tells everything about it.
import { UserError } from '../../lib/errors.ts';
import { filterFamilies, filterFamily } from './filters/index.ts';
import type { Picture } from './picture.ts';

/** Emoji sets whose drawings of the same emoji are styles; the source pictures are Noto's. */
export const styleSets = [
  { id: 'twemoji', names: ['twemoji', 'twitter emoji'] },
  { id: 'openmoji', names: ['openmoji', 'open outline emoji'] },
  { id: 'fluent-emoji', names: ['fluent', 'glossy fluent emoji'] },
  { id: 'fluent-emoji-flat', names: ['fluent flat', 'flat fluent emoji'] },
  { id: 'fluent-emoji-high-contrast', names: ['fluent high contrast', 'black glyph emoji'] },
] as const;
export type StyleSet = (typeof styleSets)[number]['id'];
export const sourceSet = 'noto';

export type Step =
  | { readonly kind: 'filter'; readonly family: string; readonly level: number }
  | { readonly kind: 'style'; readonly set: StyleSet };

export interface Concept {
  /** `halftone-2`, `openmoji`, `openmoji+night-5`. */
  readonly id: string;
  readonly steps: readonly Step[];
}

export function filterStep(family: string, level: number): Step {
  const { levels } = filterFamily(family);
  if (!Number.isInteger(level) || level < 0 || level >= levels.length) {
    throw new UserError(`${family} has the levels 0 to ${levels.length - 1}, got ${level}.`);
  }
  return { kind: 'filter', family, level };
}

export function concept(...steps: readonly Step[]): Concept {
  const id = steps
    .map((step) => (step.kind === 'style' ? step.set : `${step.family}-${step.level}`))
    .join('+');
  return { id, steps };
}

/** The drawing of one emoji in a set. */
export type Drawing = (set: StyleSet | typeof sourceSet) => Picture;

/** The target picture: every step on the result of the one before. */
export function render({ steps }: Concept, drawing: Drawing): Picture {
  return steps.reduce((picture, step) => {
    if (step.kind === 'style') return drawing(step.set);
    const { levels, apply } = filterFamily(step.family);
    return apply(picture, step.level / (levels.length - 1));
  }, drawing(sourceSet));
}

const filterTemplates = [
  (name: string, level: string) => `${name}, ${level}`,
  (name: string, level: string) => `${level} ${name}`,
  (name: string, level: string) => `with ${name}, ${level}`,
  (name: string, level: string) => `a ${level} ${name} look`,
] as const;
const styleTemplates = [
  (name: string) => `as ${name}`,
  (name: string) => `in the style of ${name}`,
  (name: string) => `drawn like ${name}`,
  (name: string) => `${name} version`,
] as const;
const joints = [', then ', ' and ', ', followed by ', ', after that '] as const;

/** Phrases of one concept: the usual one, then paraphrases of other words and another order of words. */
export function phrasesOf({ steps }: Concept): string[] {
  return filterTemplates.flatMap((_, variant) =>
    [0, 1, 2].map((name) => steps.map((step) => stepPhrase(step, variant, name)).join(joints[variant])),
  );
}

export function phraseOf(wanted: Concept): string {
  return phrasesOf(wanted)[0] ?? '';
}

/** Phrases of something named `name` at a level, in all wordings. */
export function phrasesNamed(name: string, level: string): string[] {
  return [
    ...filterTemplates.map((template) => template(name, level)),
    ...styleTemplates.map((template) => template(name)),
  ];
}

function stepPhrase(step: Step, variant: number, name: number): string {
  if (step.kind === 'style') {
    const { names } = styleSets.find(({ id }) => id === step.set) ?? styleSets[0];
    return styleTemplates[variant]?.(names[name % names.length] ?? '') ?? '';
  }
  const { names, levels } = filterFamily(step.family);
  return filterTemplates[variant]?.(names[name % names.length] ?? '', levels[step.level] ?? '') ?? '';
}

/** Every word that a phrase of any concept can hold. */
export function conceptWords(): string[] {
  const singles = [
    ...filterFamilies.flatMap(({ id, levels }) => levels.map((_, level) => concept(filterStep(id, level)))),
    ...styleSets.map(({ id }) => concept({ kind: 'style', set: id })),
  ];
  const texts = [...singles.flatMap(phrasesOf), ...joints];
  return [...new Set(texts.flatMap((text) => text.toLowerCase().match(/[a-z]{2,}/g) ?? []))].sort();
}
