// How much two pictures differ, in the 256 levels of their pixels.
import type { SampleFrame } from '../workers/protocol.ts';

export interface Difference {
  /** Mean of |a − b| over pixels and channels. */
  readonly mean: number;
  readonly largest: number;
}

/** Of one picture of two frames, or of all where none is named. */
export function differenceOf(a: SampleFrame, b: SampleFrame, picture?: number): Difference {
  const each = a.channels * a.size ** 2;
  const from = picture === undefined ? 0 : picture * each;
  const to = picture === undefined ? Math.min(a.pixels.length, b.pixels.length) : from + each;
  let sum = 0;
  let largest = 0;
  for (let at = from; at < to; at++) {
    const distance = Math.abs((a.pixels[at] ?? 0) - (b.pixels[at] ?? 0));
    sum += distance;
    if (distance > largest) largest = distance;
  }
  return { mean: to > from ? sum / (to - from) : 0, largest };
}

/** |a − b| times the gain as a frame of its own; what is above white stays white. */
export function differenceFrame(a: SampleFrame, b: SampleFrame, gain: number): SampleFrame {
  const pixels = new Uint8Array(a.pixels.length);
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = Math.min(255, Math.round(Math.abs((a.pixels[at] ?? 0) - (b.pixels[at] ?? 0)) * gain));
  }
  return { ...a, pixels };
}

/** The largest difference over all pictures of all steps that both strips have. */
export function largestOverSteps(a: readonly SampleFrame[], b: readonly SampleFrame[]): number {
  let largest = 0;
  for (const frame of a) {
    const other = b.find(({ step }) => step === frame.step);
    if (other) largest = Math.max(largest, differenceOf(frame, other).largest);
  }
  return largest;
}
