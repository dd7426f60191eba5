// WebAssembly instructions as bytes: those that the matrix kernel is written in (WebAssembly Core Specification 3.0, §5.4).
import { number } from './wasmBinary.ts';

export type Code = readonly number[];

/** Instructions one after another. */
export function sequence(...parts: readonly Code[]): Code {
  return parts.flat();
}

/** Signed LEB128, for 32-bit constants. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

const simd = (opcode: number): number[] => [0xfd, ...number(opcode)];
const noResult = 0x40;

export const get = (local: number): Code => [0x20, ...number(local)];
export const set = (local: number): Code => [0x21, ...number(local)];
export const call = (index: number): Code => [0x10, ...number(index)];
export const drop: Code = [0x1a];
export const exit: Code = [0x0f];

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  notEqual: [0x47],
  greaterOrEqual: [0x4f],
  add: [0x6a],
  subtract: [0x6b],
  multiply: [0x6c],
  and: [0x71],
  shiftLeft: [0x74],
} as const;

/** Four floats. Loads and stores need no alignment. */
export const f32x4 = {
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)] as Code,
  load: (offset: number): Code => [...simd(0x00), 0, ...number(offset)],
  store: (offset: number): Code => [...simd(0x0b), 0, ...number(offset)],
  /** One float in all four places; floats are aligned to four bytes. */
  loadSplat: (offset: number): Code => [...simd(0x09), 2, ...number(offset)],
  splat: simd(0x13) as Code,
  add: simd(0xe4) as Code,
  multiply: simd(0xe6) as Code,
  /** a·b + c, rounded once or twice, as is quicker on the processor: relaxed SIMD. */
  multiplyAdd: simd(0x105) as Code,
} as const;

/** Runs while the condition that its last instruction leaves is not zero, but at least once. */
export function loop(...parts: readonly Code[]): Code {
  return [0x03, noResult, ...sequence(...parts), 0x0d, 0, 0x0b];
}

/** Runs when the value on the stack is not zero. */
export function when(...parts: readonly Code[]): Code {
  return [0x04, noResult, ...sequence(...parts), 0x0b];
}
