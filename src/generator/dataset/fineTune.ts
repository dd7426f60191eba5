// One concept's fine-tune from the base: the adapter alone is trained, and its late checkpoints are kept.
import { UserError } from '../../lib/errors.ts';
import type { Concept } from '../concepts/concept.ts';
import { type ConceptPictures, drawnSamples } from '../data/batches.ts';
import type { TranslatorBase } from '../translator/baseFile.ts';
import { freshAdapter, sharedAdapterSeed } from '../translator/freshWeights.ts';
import { firstState, type TranslatorTrainer } from '../translator/trainer.ts';

/** The paper gives none of these numbers: all are ours. */
export interface FineTuneRecipe {
  readonly steps: number;
  readonly batch: number;
  /** Adam's rate at the first step; it falls evenly to zero, so that adapters differ by their concept, not by jitter. */
  readonly rate: number;
  /** K: checkpoints that are kept, the last at the end. */
  readonly checkpoints: number;
  /** Steps between them. */
  readonly every: number;
  readonly seed: number;
}

export const ourFineTune: FineTuneRecipe = {
  steps: 32,
  batch: 8,
  rate: 2e-2,
  checkpoints: 4,
  every: 3,
  seed: 0,
};

/**
 * A fine-tune that somebody waits for: in the page, and in the study. Half as many pictures a step take half as long and
 * come nearly as far with each step (validation concepts, from generated weights, 32 steps of 8 pictures 0.0804, of 4
 * 0.0816, of 2 0.0876); adapters that are to be learned from are trained more calmly.
 */
export const ourSharpening: Pick<FineTuneRecipe, 'batch' | 'rate'> = { batch: 4, rate: 3e-2 };

/** Steps below which a fine-tune from a near start begins at a rate that is lower in proportion. */
const fullRateSteps = 16;

/**
 * The rate at the first step of a run from a start that was made for its concept. It is near to where it goes, and a short
 * run has no time to come back from where the full rate takes it first (validation concepts, from generated weights: L1
 * after 4 steps at 0.03 0.1298, at 0.0075 0.1135; after 16 steps 0.0934 and 0.1040).
 */
export function nearRate(rate: number, steps: number): number {
  return rate * Math.min(1, steps / fullRateSteps);
}

export interface FineTuned {
  /** Adapter vectors [P], oldest first. */
  readonly vectors: readonly Float32Array[];
  /** Mean absolute distance of every step's batch. */
  readonly distances: readonly number[];
}

/** @param taken steps before this one, below `steps` */
export function fallingRate({ rate, steps }: Pick<FineTuneRecipe, 'rate' | 'steps'>, taken: number): number {
  return rate * (1 - taken / steps);
}

/** Steps at which a checkpoint is kept. */
export function checkpointSteps({
  steps,
  checkpoints,
  every,
}: Pick<FineTuneRecipe, 'steps' | 'checkpoints' | 'every'>): number[] {
  const first = steps - (checkpoints - 1) * every;
  if (checkpoints < 1 || first < 1) {
    throw new UserError(
      `${checkpoints} checkpoints every ${every} steps do not fit into ${steps} steps; take fewer checkpoints or more steps.`,
    );
  }
  return Array.from({ length: checkpoints }, (_, i) => first + i * every);
}

/** @param trainer compiled for `adapter` on this base and for the recipe's batch */
export async function fineTune(
  trainer: TranslatorTrainer,
  base: TranslatorBase,
  concept: Concept,
  pictures: ConceptPictures,
  recipe: FineTuneRecipe,
  onStep: (step: number, distance: number) => void = () => {},
): Promise<FineTuned> {
  const kept = new Set(checkpointSteps(recipe));
  const weights = { ...base.weights, ...freshAdapter(base.config, base.weights, sharedAdapterSeed) };
  trainer.begin(firstState(base.config, 'adapter', weights, base.judge));
  // One stream for all concepts: with the same emoji in the same order, adapters differ by their concept alone.
  const samples = drawnSamples([concept], pictures.emoji.trained, {
    seed: recipe.seed,
    purpose: 'fine-tune',
    batch: recipe.batch,
  });
  const vectors: Float32Array[] = [];
  const distances: number[] = [];
  for (let step = 1; step <= recipe.steps; step++) {
    const batch = pictures.batch(samples(step - 1));
    const { distance, sound } = await trainer.run(batch, fallingRate(recipe, step - 1));
    if (!sound) {
      throw new UserError(
        `Fine-tuning ${concept.id} diverged at step ${step}; choose a rate below ${recipe.rate}.`,
      );
    }
    distances.push(distance);
    onStep(step, distance);
    if (kept.has(step)) vectors.push(await trainer.trained());
  }
  return { vectors, distances };
}
