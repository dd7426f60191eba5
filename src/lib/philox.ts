// The block function Philox 4x32-10: 128 bits of counter and 64 bits of key in, 128 random bits out.
// Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011), §3.3 and table 2.

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
/** Weyl increments of the key: the golden ratio and sqrt(3) − 1, in 32-bit fixed point. */
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;

/** The high 32 bits of the 64-bit product of two unsigned 32-bit integers, exactly. */
export function multiplyHigh(a: number, b: number): number {
  // a·b in float64 is off by at most 2^10 and `low` is exact, so their difference divided by 2^32 lies within 2^-21
  // of the high word: rounding restores it.
  const low = Math.imul(a, b) >>> 0;
  return ((a * b - low) * 2 ** -32 + 0.5) >>> 0;
}

/**
 * Writes the block of four words that belongs to the counter (c0 lowest) and key to `out[at .. at + 3]`.
 * All words are unsigned 32-bit integers.
 */
export function philox4x32(
  out: Uint32Array,
  at: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  for (let round = 0; round < rounds; round++) {
    const low0 = Math.imul(c0, multiplier0);
    const low1 = Math.imul(c2, multiplier1);
    const high0 = multiplyHigh(c0, multiplier0);
    const high1 = multiplyHigh(c2, multiplier1);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}
