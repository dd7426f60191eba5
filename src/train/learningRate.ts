// Learning-rate schedules as functions of the step.

/** Linear warm-up over the first steps, then constant (spec §4.1). */
export function warmup(rate: number, warmupSteps: number, step: number): number {
  return warmupSteps > 0 ? rate * Math.min(1, (step + 1) / warmupSteps) : rate;
}

/** Warm-up, then a half cosine from `rate` to `floor` at the last step. */
export function cosine(
  rate: number,
  floor: number,
  warmupSteps: number,
  steps: number,
  step: number,
): number {
  if (step < warmupSteps) return warmup(rate, warmupSteps, step);
  const part = Math.min(1, (step - warmupSteps) / Math.max(1, steps - 1 - warmupSteps));
  return floor + ((rate - floor) * (1 + Math.cos(Math.PI * part))) / 2;
}
