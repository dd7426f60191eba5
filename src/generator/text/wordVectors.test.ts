// Phrases as word vectors: unknown words name the nearest known ones, order counts, a table cut short is refused.
import { describe, expect, it } from 'vitest';
import { halvesOf } from '../../lib/half.ts';
import { readWordTable, wordVectorEncoder } from './wordVectors.ts';

const words = ['sepia', 'blur', 'then'];
const width = 4;
const vectors = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
const encoder = wordVectorEncoder({ words, width, vectors });

function tableBytes(head = JSON.stringify({ width, words }), cut = 0): Uint8Array {
  const body = new Uint8Array(halvesOf(vectors).buffer);
  return Uint8Array.from([...new TextEncoder().encode(head), 0, ...body.subarray(0, body.length - cut)]);
}

describe('phrases', () => {
  it('give one token a word and zeros behind the last', () => {
    const { values, known, unknown } = encoder.encode('Sepia, then blur!');
    expect(known).toBe(3);
    expect(unknown).toEqual([]);
    expect(values).toHaveLength(encoder.tokens * width);
    expect(values.subarray(3 * width).every((value) => value === 0)).toBe(true);
  });

  it('tell the order of words', () => {
    const sorted = (phrase: string) => [...encoder.encode(phrase).values].sort((a, b) => a - b);
    expect(encoder.encode('sepia then blur').values).not.toEqual(encoder.encode('blur then sepia').values);
    // Not merely the same tokens in other rows: each token is told its place.
    expect(sorted('sepia then blur')).not.toEqual(sorted('blur then sepia'));
  });

  it('name the nearest known words of an unknown one', () => {
    expect(encoder.encode('sepai blur')).toMatchObject({
      known: 1,
      unknown: [{ word: 'sepai', near: ['sepia'] }],
    });
  });
});

describe('a table of words', () => {
  it('reads back', () => {
    expect(readWordTable(tableBytes(), 'words.bin')).toEqual({ words, width, vectors });
  });

  it('is refused when it was cut short, or is something else', () => {
    expect(() => readWordTable(tableBytes(undefined, 2), 'words.bin')).toThrow(
      'words.bin holds 22 bytes of vectors, expected 24; the file is incomplete.',
    );
    expect(() => readWordTable(tableBytes('{"width": 4}'), 'words.bin')).toThrow(
      'words.bin is no table of word vectors.',
    );
  });
});
