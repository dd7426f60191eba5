// What a family of procedural filters is: a name, how strong it can be, and what it does to a picture.
import type { Picture } from '../picture.ts';

export interface FilterFamily {
  readonly id: string;
  /** Words that name the family; the first is the usual one, the others paraphrase it. */
  readonly names: readonly string[];
  /** Words of the levels, weakest first. */
  readonly levels: readonly string[];
  /** @param level 0 (weakest) to 1 (strongest) */
  readonly apply: (picture: Picture, level: number) => Picture;
}

export const strengths = [
  'faint',
  'slight',
  'mild',
  'moderate',
  'marked',
  'strong',
  'heavy',
  'extreme',
] as const;

export const sizes = ['tiny', 'fine', 'small', 'medium', 'broad', 'large', 'coarse', 'huge'] as const;

export const hues = ['red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple', 'pink'] as const;

/** A value between the ends, by level. */
export function between(from: number, to: number, level: number): number {
  return from + (to - from) * level;
}
