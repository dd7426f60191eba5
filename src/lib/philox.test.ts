import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiplyHigh, philox4x32 } from './philox.ts';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** The known-answer vectors that the authors publish with Random123: counter, key, block. */
const knownAnswers: readonly {
  counter: readonly [number, number, number, number];
  key: readonly [number, number];
  block: readonly number[];
}[] = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    block: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    block: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    block: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

describe('philox4x32', () => {
  for (const { counter, key, block } of knownAnswers) {
    it(`gives the published block for the counter ${counter.join(', ')}`, () => {
      const out = new Uint32Array(6);
      philox4x32(out, 1, ...counter, ...key);
      expect([...out]).toEqual([0, ...block, 0]);
    });
  }
});

describe('multiplyHigh', () => {
  it('is the exact high word of every product', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(BigInt(multiplyHigh(a, b))).toBe((BigInt(a) * BigInt(b)) >> 32n);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is exact where the low word is extreme', () => {
    for (const a of [0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff]) {
      for (const b of [0, 1, 0xd2511f53, 0xcd9e8d57, 0xffffffff]) {
        expect(BigInt(multiplyHigh(a, b))).toBe((BigInt(a) * BigInt(b)) >> 32n);
      }
    }
  });
});
