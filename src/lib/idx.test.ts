import { describe, expect, it } from 'vitest';
import { parseIdx } from './idx.ts';

const file = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

describe('parseIdx', () => {
  it('reads shape and data, also from a view into a larger buffer', () => {
    const padded = new Uint8Array(file.length + 7);
    padded.set(file, 5);
    for (const bytes of [file, padded.subarray(5, 5 + file.length)]) {
      const { shape, data } = parseIdx(bytes, 'x');
      expect(shape).toEqual([2, 3]);
      expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  it('says in one sentence what is wrong with a file', () => {
    expect(() => parseIdx(file.subarray(0, 17), 'train-images')).toThrow(
      'train-images has 17 bytes where shape [2, 3] needs 18: fetch the file again.',
    );
    expect(() => parseIdx(file.subarray(0, 8), 'x')).toThrow('x ends within its header of 12 bytes');
    expect(() => parseIdx(Uint8Array.of(31, 139, 8, 0), 'x')).toThrow('x is no idx file');
    expect(() => parseIdx(Uint8Array.of(), 'x')).toThrow('x is no idx file');
    expect(() => parseIdx(Uint8Array.of(0, 0, 13, 1), 'x')).toThrow('x holds idx elements of type 13');
  });
});
