// The one source of randomness: seeded, counter-based streams. What a stream returns depends on (seed, path, counter)
// alone, never on what was drawn before, so a resumed run equals an uninterrupted one and every engine sees one noise.
//
// A stream is named by a seed and a path, e.g. `randomStream(plan.seed, 'stage2', 'noise', step)`. The first 128 bits
// of SHA-256 over the canonical JSON of [seed, ...path] give its Philox key (64 bits) and the upper half of its
// counters (64 bits); the lower half numbers the blocks of four 32-bit words. All draws of one stream read the same
// words: give every purpose a path of its own.
import { assert } from './errors.ts';
import { canonicalJson, sha256Bytes } from './hash.ts';
import { multiplyHigh, philox4x32 } from './philox.ts';

export interface RandomStream {
  /** Numbers in the open interval (0, 1), 32 bits each; element i of the stream is word i. */
  uniform(counterStart: number, count: number): Float64Array;
  /** Standard normal numbers, elements counterStart .. counterStart + out.length − 1 of the stream. Returns `out`. */
  normal(out: Float32Array, counterStart?: number): Float32Array;
  /** Integers 0 .. bound − 1, each from 64 bits, so that no value is favoured by more than 2^-33. Returns `out`. */
  integers(out: Int32Array, bound: number, counterStart?: number): Int32Array;
  /** The numbers 0 .. n − 1 in random order (Fisher–Yates). */
  permutation(n: number): Int32Array;
}

/** Words that are generated at a time; a multiple of 4. */
const chunkWords = 1024;
/** Elements of a stream; an element takes at most two words, and word numbers must be exact in float64. */
const maxCounter = 2 ** 51;

export function randomStream(seed: number, ...path: readonly (number | string)[]): RandomStream {
  const name = canonicalJson([seed, ...path]);
  const digest = sha256Bytes(name);
  const view = new DataView(digest.buffer, digest.byteOffset);
  const key0 = view.getUint32(0, true);
  const key1 = view.getUint32(4, true);
  const counter2 = view.getUint32(8, true);
  const counter3 = view.getUint32(12, true);
  const scratch = new Uint32Array(chunkWords + 8);

  /** Calls `use(words, offset, length, done)` for successive chunks of the words firstWord .. firstWord + count − 1. */
  function eachChunk(
    firstWord: number,
    count: number,
    use: (words: Uint32Array, offset: number, length: number, done: number) => void,
  ): void {
    for (let done = 0; done < count; done += chunkWords) {
      const length = Math.min(chunkWords, count - done);
      const offset = (firstWord + done) % 4;
      const firstBlock = (firstWord + done - offset) / 4;
      const blocks = Math.ceil((offset + length) / 4);
      for (let i = 0; i < blocks; i++) {
        const block = firstBlock + i;
        philox4x32(scratch, 4 * i, block >>> 0, Math.floor(block / 2 ** 32), counter2, counter3, key0, key1);
      }
      use(scratch, offset, length, done);
    }
  }

  function assertCounter(start: number, count: number): void {
    assert(
      Number.isInteger(start) && start >= 0 && start + count <= maxCounter,
      () => `random stream ${name} has no elements ${start} to ${start + count - 1}`,
    );
  }

  function uniform(counterStart: number, count: number): Float64Array {
    assertCounter(counterStart, count);
    const out = new Float64Array(count);
    eachChunk(counterStart, count, (words, offset, length, done) => {
      for (let i = 0; i < length; i++) out[done + i] = openUnit(words[offset + i] ?? 0);
    });
    return out;
  }

  function normal(out: Float32Array, counterStart = 0): Float32Array {
    assertCounter(counterStart, out.length);
    // Element n is the cosine (even n) or the sine (odd n) half of the Box–Muller pair of words 2⌊n/2⌋ and 2⌊n/2⌋ + 1.
    const odd = counterStart % 2;
    const words = odd + out.length + ((odd + out.length) % 2);
    eachChunk(counterStart - odd, words, (chunk, offset, length, done) => {
      for (let i = 0; i < length; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(openUnit(chunk[offset + i] ?? 0)));
        const angle = 2 * Math.PI * openUnit(chunk[offset + i + 1] ?? 0);
        const at = done + i - odd;
        if (at >= 0) out[at] = radius * Math.cos(angle);
        if (at + 1 < out.length) out[at + 1] = radius * Math.sin(angle);
      }
    });
    return out;
  }

  function integers(out: Int32Array, bound: number, counterStart = 0): Int32Array {
    assertCounter(counterStart, out.length);
    assert(
      Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 31,
      () => `random integers need a bound from 1 to 2^31, got ${bound}`,
    );
    eachChunk(2 * counterStart, 2 * out.length, (words, offset, length, done) => {
      for (let i = 0; i < length; i += 2) {
        out[(done + i) / 2] = scaled(words[offset + i] ?? 0, words[offset + i + 1] ?? 0, bound);
      }
    });
    return out;
  }

  function permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    eachChunk(0, 2 * n, (words, offset, length, done) => {
      for (let i = 0; i < length; i += 2) {
        const last = (done + i) / 2;
        const other = scaled(words[offset + i] ?? 0, words[offset + i + 1] ?? 0, last + 1);
        order[last] = order[other] ?? 0;
        order[other] = last;
      }
    });
    return order;
  }

  return { uniform, normal, integers, permutation };
}

/** The middle of the word's interval of width 2^-32, so neither 0 (no logarithm) nor 1. */
function openUnit(word: number): number {
  return (word + 0.5) * 2 ** -32;
}

/** ⌊x · bound / 2^64⌋ for the 64-bit integer x = high · 2^32 + low, exactly. */
function scaled(high: number, low: number, bound: number): number {
  const middle = (Math.imul(high, bound) >>> 0) + multiplyHigh(low, bound);
  return multiplyHigh(high, bound) + (middle >= 2 ** 32 ? 1 : 0);
}
