// The model card that lies beside the generator: written from the run that made it, so that it says nothing else.

import type { BlockLayout } from './blocks/blocks.ts';
import { groupingWords } from './blocks/grouping.ts';
import type { Use, WeightDataSet } from './dataset/weightDataSet.ts';
import type { DenoiserConfig } from './denoiser/config.ts';
import type { DrawnDistance } from './denoiser/drawnDistance.ts';
import { unetSize } from './denoiser/freshUnet.ts';
import { ourWeightShare } from './denoiser/pictureStep.ts';
import type { TimestepError } from './denoiser/recoveryError.ts';
import type { DenoiserRecipe } from './denoiser/training.ts';
import { hintPictures } from './hint/basis.ts';
import type { UnetShape } from './unet1d.ts';

export interface CardFacts {
  readonly file: string;
  readonly bytes: number;
  readonly config: DenoiserConfig;
  readonly recipe: DenoiserRecipe;
  readonly layout: BlockLayout;
  readonly data: WeightDataSet;
  readonly timestep: number;
  /** On the validation concepts. */
  readonly timesteps: readonly TimestepError[];
  /** Recovery error on every held-out part, 1 being the mean adapter's; undefined where the part is empty. */
  readonly errors: Readonly<Partial<Record<Use, number>>>;
  /** Of held-out pictures, before any training of what was written. */
  readonly distances: Readonly<Partial<Record<Use, DrawnDistance>>>;
  /** Seconds that generating all blocks took, and on what. */
  readonly seconds: number;
  readonly engine: string;
  /** Mean loss of the last steps. */
  readonly loss: number;
  /** s² of the hints that it reads. */
  readonly hintNoise?: number;
  /** The second half of the training, on pictures; absent where there was none. */
  readonly pictures?: {
    readonly recipe: DenoiserRecipe;
    /** Pictures of each concept in a step. */
    readonly each: number;
    /** Concepts of which pictures alone were shown. */
    readonly further: number;
    readonly loss: number;
  };
}

const partWords: Readonly<Record<Use, string>> = {
  train: 'trained on',
  validation: 'validation',
  level: 'held-out levels of known families',
  family: 'held-out families',
  combination: 'held-out combinations',
};

export function modelCard(facts: CardFacts): string {
  const { config, recipe, layout, data, errors } = facts;
  const real = layout.groups.reduce((sum, { length }) => sum + length, 0);
  const counted = (use: Use) => data.entries.filter((entry) => entry.use === use);
  const checkpoints = counted('train').reduce((sum, { vectors }) => sum + vectors.length, 0);
  const { unet, schedule } = config;
  const best = facts.timesteps[0];
  const rows = (Object.keys(partWords) as Use[]).flatMap((use) => {
    const [error, distance] = [errors[use], facts.distances[use]];
    if (error === undefined || !distance) return [];
    const drawn = [distance.written, distance.mean, distance.trained].map((value) => value.toFixed(4));
    return [`| ${[partWords[use], counted(use).length, error.toFixed(3), ...drawn].join(' | ')} |`];
  });
  return `# ${config.task === 'denoise' ? 'Weight generator' : 'Plain regressor'}

\`${facts.file}\`, half precision, ${(facts.bytes / 1024).toFixed(0)} KiB. Made by \`npm run generator:train\`; this card is written by the
same command. It writes the adapter of the translator in \`base.safetensors\` (SHA-256 ${data.base.slice(0, 16)}…) for a phrase${
    config.unet.hint
      ? `
and, where they are there, ${hintPictures} pairs of its concept`
      : ''
  }.

| | |
|---|---|
| after | "Efficient Training with Denoised Neural Weights" (arXiv 2407.11966): topology, block index and text conditioning, one denoising step |
| net | 1-D UNet, channels ${unet.channels.join(', ')}, heads of ${unet.headWidth}, ${unetSize(unet)} parameters${placesText(unet.positions)} |
| data | ${counted('train').length} concepts, ${checkpoints} checkpoints of ${data.layout.size} numbers; ${real} ${config.coordinates ?? 'weights'} in ${layout.count} blocks of ${layout.size} (${layout.count * layout.size - real} padded), ${groupingWords[config.grouping]} |
| normalisation (ours) | each number's mean over the training checkpoints taken off, each tensor scaled to deviation 1${componentsText(config)} |
| objective | ${config.task === 'regress' ? 'clean block from what it is told, without a noisy one' : `${config.prediction} prediction, masked squared error, every block alike`} |
| schedule (ours) | scaled linear, β ${schedule.first} to ${schedule.last} in ${schedule.steps} steps; trained on timesteps from ${config.task === 'regress' ? schedule.steps - 1 : config.fromTimestep} |
${hintRow(facts.hintNoise)}| recipe (ours) | ${recipe.steps} steps of ${recipe.batch} blocks, AdamW, rate ${recipe.rate} to ${recipe.floor}, moving average ${recipe.ema}, seed ${recipe.seed}${Number.isNaN(facts.loss) ? '' : `; loss of the last steps ${facts.loss.toFixed(4)}`} |
${picturesRow(facts.pictures, facts.hintNoise !== undefined)}| timestep | ${facts.timestep}${
    facts.timesteps.length > 1 && best
      ? `, the best of ${facts.timesteps
          .map(({ timestep }) => timestep)
          .sort((a, b) => a - b)
          .join(', ')} on the validation concepts`
      : ''
  } |
| time | ${facts.seconds.toFixed(2)} s for all blocks${facts.hintNoise === undefined ? '' : ', pairs not looked at'}, ${facts.engine} |
| licence | Apache-2.0; trained on adapters of this project; the pictures' licences are in \`public/data/emoji\` |

**Recovery error**: mean square of written minus trained over that of trained, both as deviations from the mean
adapter; 1 is what the mean adapter scores, 0 a copy of the checkpoint. Adapters that differ in their numbers may draw
alike, so beside it stands the **distance**: mean absolute difference of held-out pictures, between −1 and 1, to their
targets, before any training of what was written.

| concepts | count | recovery error | distance, written | mean adapter | trained adapter |
|---|---:|---:|---:|---:|---:|
${rows.join('\n')}
`;
}

function hintRow(noise: number | undefined): string {
  if (noise === undefined) return '';
  return `| hint (ours) | what ${hintPictures} training pairs ask of the mean adapter to first order, under the spread of the training checkpoints and s² = ${noise}; left out in a quarter of the cases |
`;
}

function picturesRow(pictures: CardFacts['pictures'], hinted: boolean): string {
  if (!pictures) return '';
  const { recipe, each, further, loss } = pictures;
  const others =
    further === 0 ? '' : `, half of them among ${further} combinations without a trained adapter`;
  const end = Number.isNaN(loss) ? '' : `; distance of the last steps ${loss.toFixed(4)}`;
  return `| then, on pictures (ours) | ${recipe.steps} steps of ${recipe.batch} concepts${others}, ${each} pictures each: the mean distance to the target of what the base draws with the adapters written in one step, and ${ourWeightShare} times the mean square between these and the trained ones; one phrase of nothing known a step, of which the mean adapter is asked${hinted ? ', and a quarter of the concepts under such a phrase, where pairs are to tell enough' : ''}; AdamW, rate ${recipe.rate} to ${recipe.floor}, moving average ${recipe.ema}${end} |
`;
}

function componentsText({ coordinates, components }: DenoiserConfig): string {
  if (coordinates !== 'components') return '';
  const count = components === undefined ? 'as many as fit a block' : `the first ${components}`;
  return `; then each group in its principal components over the training checkpoints, ${count}, each divided by the fourth root of its variance`;
}

function placesText(positions: UnetShape['positions']): string {
  if (positions === undefined) return '';
  const told = 'each number is told its place in the block';
  return positions === 'sinusoid'
    ? `; ${told} (ours)`
    : `; ${told} by a learned code of block and place (ours)`;
}
