// Trains one operator from several starts on the same batches: its error before training, and when it comes to where
// the ridge start begins.
import { known } from '../../lib/errors.ts';
import { f32 } from '../../lib/tensor.ts';
import type { SlotId, Stage1Recipe } from '../../plan/plan.ts';
import { Distiller } from '../../train/stage1/distiller.ts';
import type { OperatorBench } from './collect.ts';

export interface RaceResult {
  readonly slot: SlotId;
  /** Held-out activation error before training. */
  readonly before: number;
  /** Errors at `steps`. */
  readonly errors: readonly number[];
}

/** Steps after which stage 1 measures. */
export function measuredSteps({ steps }: Pick<Stage1Recipe, 'steps'>): number[] {
  const every = Math.max(5, Math.round(steps / 20));
  const whole = Array.from({ length: Math.floor(steps / every) }, (_, i) => (i + 1) * every);
  return whole.at(-1) === steps ? whole : [...whole, steps];
}

/** @param start the whole weights [P] of every slot */
export async function race(
  { context, teacher, heldOut, tasks, starts }: OperatorBench,
  start: (slot: SlotId) => Float32Array,
  recipe: Stage1Recipe,
  seed: number,
): Promise<RaceResult[]> {
  const measured = await heldOut.measure((slot) => {
    const weights = start(slot);
    return f32([weights.length], weights);
  });
  const distiller = new Distiller(
    ...([context, teacher, heldOut, tasks, { ...recipe, stopWhenFlat: false }, seed] as const),
  );
  distiller.start(
    new Map(
      tasks.map(({ slot }) => [slot, { ...known(starts.get(slot), slot), parameters: start(slot) }] as const),
    ),
  );
  try {
    while (!distiller.finished) await distiller.run();
    return distiller.records.map(({ slot, errors }) => ({
      slot,
      before: known(measured.get(slot), slot).relative,
      errors: [...errors],
    }));
  } finally {
    await distiller.dispose();
  }
}

/** The first step at which the error is at or below `wanted`, between measurements in proportion; undefined if never. */
export function stepsTo(
  { before, errors }: Pick<RaceResult, 'before' | 'errors'>,
  steps: readonly number[],
  wanted: number,
): number | undefined {
  const points = [{ step: 0, error: before }, ...errors.map((error, i) => ({ step: steps[i] ?? 0, error }))];
  const reached = points.findIndex(({ error }) => error <= wanted);
  const [now, last] = [points[reached], points[reached - 1]];
  if (!now) return undefined;
  if (!last) return 0;
  return last.step + ((last.error - wanted) / (last.error - now.error)) * (now.step - last.step);
}
