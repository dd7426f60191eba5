// What a weight generator is: its net, how adapters are cut into blocks, and what it estimates. The paper gives the
// topology, the noise objective, one group a layer and b = 256; widths, schedule, timesteps, coordinates and all
// else are our choices.
import { FileError, UserError } from '../../lib/errors.ts';
import { type BlockLayout, blockLayout } from '../blocks/blocks.ts';
import { type GroupingRule, groupingRules } from '../blocks/grouping.ts';
import { type Prediction, predictions, scaledLinearSchedule, type WeightSchedule } from '../recovery.ts';
import { adapterGroups } from '../translator/adapter.ts';
import type { TranslatorConfig } from '../translator/configuration.ts';
import type { UnetShape } from '../unet1d.ts';

/**
 * `denoise` learns to take noise off blocks; `regress` sees no block at all and learns the clean one from text and
 * index: the plain regressor, of the same net, that the generator has to beat.
 */
export type Task = 'denoise' | 'regress';

export interface ScheduleConfig {
  readonly steps: number;
  /** β of the first and last step; its root rises evenly between them. */
  readonly first: number;
  readonly last: number;
}

export interface DenoiserConfig {
  readonly unet: UnetShape;
  /** b: numbers in a block. */
  readonly blockSize: number;
  readonly grouping: GroupingRule;
  /** What a block's numbers are: weights, where absent, or a group's principal components (dataset/components.ts). */
  readonly coordinates?: 'components';
  /** Components of a group, over as many blocks as they take; absent: as many as fit one block. */
  readonly components?: number;
  readonly task: Task;
  readonly prediction: Prediction;
  readonly schedule: ScheduleConfig;
  /** Timesteps below this one are not trained on: one step from pure noise never meets them. */
  readonly fromTimestep: number;
}

export const ourUnet: UnetShape = {
  channels: [16, 32, 64],
  codeWidth: 64,
  embeddingWidth: 128,
  context: 100,
  headWidth: 16,
  feedForwardRatio: 2,
  groups: 8,
  positions: { learned: 256 },
  hint: true,
};

/**
 * One group, other than the paper: with components, a group a layer asks the net for eight vectors that must fit each other
 * (measured after 2,000 steps on weights, distance on held-out levels 0.242, in one group 0.158). The components fill a
 * block and a half.
 */
export const ourDenoiser: DenoiserConfig = {
  unet: ourUnet,
  blockSize: 256,
  grouping: 'one',
  coordinates: 'components',
  components: 384,
  task: 'denoise',
  prediction: 'v',
  schedule: { steps: 1000, first: 0.00085, last: 0.012 },
  fromTimestep: 800,
};

export function scheduleOf({ schedule }: Pick<DenoiserConfig, 'schedule'>): WeightSchedule {
  return scaledLinearSchedule(schedule.steps, schedule.first, schedule.last);
}

export function blocksOf(
  { blockSize, grouping }: Pick<DenoiserConfig, 'blockSize' | 'grouping'>,
  translator: TranslatorConfig,
): BlockLayout {
  if (blockSize % 4 !== 0) {
    throw new UserError(
      `The net halves a block twice, so ${blockSize} numbers do not fit; take a multiple of 4.`,
    );
  }
  return blockLayout(groupingRules[grouping](adapterGroups(translator)), blockSize);
}

export function predictionNamed(name: string): Prediction {
  if (name === 'noise' || name === 'x0' || name === 'v') return name;
  throw new UserError(`There is no prediction "${name}"; choose ${Object.keys(predictions).join(', ')}.`);
}

export function taskNamed(name: string): Task {
  if (name === 'denoise' || name === 'regress') return name;
  throw new UserError(`There is no task "${name}"; choose denoise or regress.`);
}

export function coordinatesNamed(name: string): Pick<DenoiserConfig, 'coordinates'> {
  if (name === 'components') return { coordinates: name };
  if (name === 'weights') return {};
  throw new UserError(`There are no coordinates "${name}"; choose weights or components.`);
}

/** @throws FileError when the text of a file is no configuration */
export function denoiserConfig(text: string | undefined, name: string): DenoiserConfig {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isConfig(value)) throw new FileError(`${name} is no weight generator; make it with generator:train.`);
  return value;
}

function isConfig(value: unknown): value is DenoiserConfig {
  if (typeof value !== 'object' || value === null) return false;
  const wanted = ['unet', 'blockSize', 'grouping', 'task', 'prediction', 'schedule', 'fromTimestep'];
  return (
    wanted.every((key) => key in value) &&
    'grouping' in value &&
    Object.keys(groupingRules).includes(String(value.grouping)) &&
    'prediction' in value &&
    Object.keys(predictions).includes(String(value.prediction))
  );
}
