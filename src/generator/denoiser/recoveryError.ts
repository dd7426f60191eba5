// How far generated adapters are from trained ones, and which timestep serves the one denoising step best.
import { known, UserError } from '../../lib/errors.ts';
import { phraseOf } from '../concepts/concept.ts';
import type { Use, WeightDataSet, WeightEntry } from '../dataset/weightDataSet.ts';
import type { WeightGenerator } from '../generate.ts';

/** A run's own noise, as the validation sees it. */
const seed = 0;

export function entriesOf(data: WeightDataSet, use: Use): readonly WeightEntry[] {
  return data.entries.filter((entry) => entry.use === use);
}

/**
 * Mean square of (generated − last checkpoint) over the mean square of the checkpoint, both as deviations from the mean
 * adapter: 1 is what the mean adapter itself scores, 0 is the checkpoint.
 */
export async function recoveryError(
  generator: Pick<WeightGenerator, 'generate'>,
  entries: readonly WeightEntry[],
  timestep?: number,
): Promise<number> {
  let [squares, size] = [0, 0];
  for (const { concept, vectors } of entries) {
    const wanted = known(vectors.at(-1), 'checkpoint');
    const options = { seed, concept, ...(timestep !== undefined && { timestep }) };
    const { normalised } = await generator.generate(phraseOf(concept), options);
    normalised.forEach((value, i) => {
      const target = wanted[i] ?? Number.NaN;
      squares += (value - target) ** 2;
      size += target ** 2;
    });
  }
  if (size === 0) throw new UserError('There is no adapter to compare with; run generator:data first.');
  return squares / size;
}

export interface TimestepError {
  readonly timestep: number;
  readonly error: number;
}

/** The errors at candidate timesteps on the validation concepts, the best first. */
export async function timestepErrors(
  generator: WeightGenerator,
  data: WeightDataSet,
  candidates: readonly number[],
): Promise<TimestepError[]> {
  const entries = entriesOf(data, 'validation');
  const errors: TimestepError[] = [];
  for (const timestep of candidates) {
    errors.push({ timestep, error: await recoveryError(generator, entries, timestep) });
  }
  return errors.sort((a, b) => a.error - b.error);
}
