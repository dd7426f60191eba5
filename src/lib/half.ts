// 16-bit floats as bit patterns: IEEE 754 binary16 (f16) and bfloat16, to and from single precision.

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest f16 of a single-precision value, ties to even; above 65 504 + half a step it is infinite. */
export function halfOf(value: number): number {
  float[0] = value;
  const pattern = Number(bits[0]);
  const sign = (pattern >>> 16) & 0x8000;
  const magnitude = pattern & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65 520 is the tie between 65 504 and 2^16
  if (magnitude < 0x38800000) {
    // Below 2^-14 an f16 is a multiple of 2^-24, the spacing of single precision just above 0.5: the addition rounds.
    float[0] = Math.abs(Number(float[0])) + 0.5;
    return sign | (Number(bits[0]) - 0x3f000000);
  }
  const tieToEven = 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((magnitude + tieToEven - 0x38000000) >>> 13); // exponent bias 127 → 15
}

/** The value of an f16 pattern; exact. */
export function floatOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (fraction + 1024) * 2 ** (exponent - 25);
}

/** The nearest bfloat16 of a single-precision value, ties to even. */
export function bfloat16Of(value: number): number {
  float[0] = value;
  const pattern = Number(bits[0]);
  if ((pattern & 0x7fffffff) > 0x7f800000) return ((pattern >>> 16) & 0x8000) | 0x7fc0; // NaN
  return (pattern + 0x7fff + ((pattern >>> 16) & 1)) >>> 16;
}

export function halvesOf(values: ArrayLike<number>): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = halfOf(Number(values[i]));
  return halves;
}

let valueOfHalf: Float32Array | undefined; // 256 KB, made at the first use

export function floatsOfHalves(halves: Uint16Array): Float32Array {
  valueOfHalf ??= Float32Array.from({ length: 0x10000 }, (_, half) => floatOfHalf(half));
  const values = new Float32Array(halves.length);
  for (let i = 0; i < values.length; i++) values[i] = Number(valueOfHalf[Number(halves[i])]);
  return values;
}

export function bfloat16sOf(values: ArrayLike<number>): Uint16Array {
  const patterns = new Uint16Array(values.length);
  for (let i = 0; i < patterns.length; i++) patterns[i] = bfloat16Of(Number(values[i]));
  return patterns;
}

export function floatsOfBfloat16s(patterns: Uint16Array): Float32Array {
  const widened = new Uint32Array(patterns.length);
  for (let i = 0; i < widened.length; i++) widened[i] = Number(patterns[i]) << 16;
  return new Float32Array(widened.buffer);
}
