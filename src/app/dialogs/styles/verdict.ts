// What an inspection says as a whole.

/** What the distances say as a whole. The factors are ours: closer than half of what trained weights are to each other. */
export function verdict({
  nearest,
  mean,
  typical,
}: {
  readonly nearest: { readonly distance: number };
  readonly mean: number;
  readonly typical: number;
}): string {
  if (nearest.distance < typical / 2) return 'close to a copy';
  if (mean < typical / 2) return 'close to the mean';
  return 'neither a copy nor the mean';
}
