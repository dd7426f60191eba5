import { describe, expect, it } from 'vitest';
import { entryProblem } from './NumberEntry.tsx';

describe('entryProblem', () => {
  const range = { min: 1, max: 63, whole: true };

  it.each([
    ['4', null],
    ['', '"" is not a number.'],
    ['four', '"four" is not a number.'],
    ['4.5', '4.5 is not a whole number.'],
    ['0', '0 is below the smallest value, 1.'],
    ['64', '64 is above the largest value, 63.'],
    ['Infinity', '"Infinity" is not a number.'],
  ])('%j', (draft, problem) => expect(entryProblem(draft, range)).toBe(problem));
});
