import { describe, expect, it } from 'vitest';
import { classAccuracy } from './classAccuracy.ts';

describe('classAccuracy', () => {
  it('counts first choices, over all and by class', () => {
    const logits = [5, 1, 0, 0, 2, 1, 3, 2, 1, 1, 1, 0];
    const { overall, byClass } = classAccuracy(logits, [0, 1, 1, 0], 3);
    expect(overall).toBe(0.75);
    expect([...byClass]).toEqual([1, 0.5, Number.NaN]);
  });

  it('refuses labels that are no class and logits that do not fit', () => {
    expect(() => classAccuracy([1, 2], [2], 2)).toThrow('label 2 of sample 0 is no class below 2');
    expect(() => classAccuracy([1, 2, 3], [0], 2)).toThrow('1 labels of 2 classes need 2 logits, got 3');
  });
});
