// A text encoder of word vectors: one token for every word, in the phrase's order, told its place.
import { FileError } from '../../lib/errors.ts';
import { floatOfHalf } from '../../lib/half.ts';
import { indexCode } from '../indexCode.ts';
import { nearestWords } from './nearestWords.ts';
import type { Encoding, TextEncoder } from './textEncoder.ts';

/** Words of one phrase; what follows is not read. */
const tokens = 12;
/**
 * Share of the code of a word's place, beside word vectors of unit variance: attention sees a set, and without places
 * "sepia, faint, then halftone, fine" would not tell which of the two is faint.
 */
const placeShare = 0.5;

export interface WordTable {
  readonly words: readonly string[];
  readonly width: number;
  /** [words, width], unit variance on average. */
  readonly vectors: Float32Array;
}

/**
 * The bundled format: a line of JSON {"width", "words"}, a zero byte, then half-precision numbers [words, width].
 * @throws FileError when the table was cut short or is something else
 */
export function readWordTable(bytes: Uint8Array, name: string): WordTable {
  const end = bytes.indexOf(0);
  const head: unknown = end < 0 ? undefined : parsed(bytes.subarray(0, end));
  if (!isHead(head)) throw new FileError(`${name} is no table of word vectors.`);
  const count = head.words.length * head.width;
  const body = bytes.subarray(end + 1);
  if (body.length !== 2 * count) {
    throw new FileError(
      `${name} holds ${body.length} bytes of vectors, expected ${2 * count}; the file is incomplete.`,
    );
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const vectors = Float32Array.from({ length: count }, (_, i) => floatOfHalf(view.getUint16(2 * i, true)));
  return { words: head.words, width: head.width, vectors };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is { width: number; words: string[] } {
  if (typeof value !== 'object' || value === null || !('width' in value) || !('words' in value)) return false;
  const { width, words } = value;
  return typeof width === 'number' && Array.isArray(words) && words.every((word) => typeof word === 'string');
}

export function wordsOf(phrase: string): string[] {
  return phrase.toLowerCase().match(/[a-z]{2,}/g) ?? [];
}

export function wordVectorEncoder({ words, width, vectors }: WordTable): TextEncoder {
  const rows = new Map(words.map((word, row) => [word, row]));
  const places = indexCode(
    Array.from({ length: tokens }, (_, place) => place),
    width,
  );
  return {
    id: 'word-vectors',
    tokens,
    width,
    encode(phrase): Encoding {
      const values = new Float32Array(tokens * width);
      const unknown: { word: string; near: readonly string[] }[] = [];
      let known = 0;
      for (const word of wordsOf(phrase)) {
        const row = rows.get(word);
        if (row === undefined) unknown.push({ word, near: nearestWords(word, words) });
        else if (known < tokens) {
          for (let i = 0; i < width; i++) {
            const at = known * width + i;
            values[at] = (vectors[row * width + i] ?? 0) + placeShare * (places[at] ?? 0);
          }
          known++;
        }
      }
      return { values, unknown, known };
    },
  };
}
