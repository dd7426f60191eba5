// From values to pixels and back to round numbers: the axes of the plot.

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Pixel of a value. */
  at(value: number): number;
}

/** Steps that people count in: 1, 2 or 5 times a power of ten. */
function roundStep(range: number, count: number): number {
  const rough = range / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const factor = lead > 5 ? 10 : lead > 2 ? 5 : lead > 1 ? 2 : 1;
  return factor * power;
}

/**
 * An axis that holds all values with a little room, between two pixels.
 * @param ticks about how many round values to mark
 */
export function axisOf(
  values: readonly number[],
  pixels: readonly [number, number],
  ticks: number,
  room: { readonly below: number; readonly above: number },
): Axis {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const range = high - low || Math.abs(high) || 1;
  const from = low - range * room.below;
  const to = high + range * room.above;
  const step = roundStep(to - from, ticks);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  const [start, end] = pixels;
  return {
    from,
    to,
    // Multiples of the step, so that no tick reads 0.30000000000000004.
    ticks: Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12))),
    at: (value) => start + ((value - from) / (to - from)) * (end - start),
  };
}
