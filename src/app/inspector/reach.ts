// What an operator reads: the tokens of one query, the share of all pairs, and how much of the teacher's attention they hold.
export interface Reach {
  readonly seen: ReadonlySet<number>;
  /** Of all N² pairs. */
  readonly pairShare: number;
  /** Share of the teacher's attention on visible pairs; null where it was not measured. */
  readonly mass: number | null;
}

/** @param map the teacher's mean attention [N, N], rows sum to 1 */
export function reach(
  sees: (query: number, key: number) => boolean,
  tokens: number,
  query: number,
  map: Float32Array | undefined,
): Reach {
  const seen = new Set<number>();
  let [pairs, mass] = [0, 0];
  for (let i = 0; i < tokens; i++) {
    for (let j = 0; j < tokens; j++) {
      if (!sees(i, j)) continue;
      pairs++;
      mass += map?.[i * tokens + j] ?? 0;
      if (i === query) seen.add(j);
    }
  }
  return { seen, pairShare: pairs / tokens ** 2, mass: map ? mass / tokens : null };
}
