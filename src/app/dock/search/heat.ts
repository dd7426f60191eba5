// How strong a change is, for colour and bar: on a logarithmic scale between the smallest and the largest measured.

/** 0 for the smallest, 1 for the largest. */
export type Heat = (change: number) => number;

export function heatOf(changes: readonly number[]): Heat {
  const positive = changes.filter((change) => change > 0);
  if (positive.length === 0) return () => 0;
  const [low, high] = [Math.log(Math.min(...positive)), Math.log(Math.max(...positive))];
  return (change) => (change <= 0 || high === low ? 0 : (Math.log(change) - low) / (high - low));
}

/** One of four colours, the fourth the strongest. */
export function heatLevel(heat: number): 1 | 2 | 3 | 4 {
  if (heat < 0.25) return 1;
  if (heat < 0.5) return 2;
  return heat < 0.75 ? 3 : 4;
}
