// Batches that a net over blocks is trained on: any block of any checkpoint of any entry, at any timestep.
import type { Feeds } from '../../engine/engine.ts';
import { known, UserError } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32 } from '../../lib/tensor.ts';
import { indexCode } from '../indexCode.ts';
import { type DenoiserConfig, scheduleOf } from './config.ts';
import { example } from './noising.ts';

export interface SampleOptions {
  readonly seed: number;
  readonly batch: number;
}

/** What is generated under one condition. */
export interface BlockEntry {
  /** Ways to tell the condition, each [T, C]. */
  readonly texts: readonly Float32Array[];
  /** Blocks [N, b] of every checkpoint. */
  readonly checkpoints: readonly Float32Array[];
  /** Of a net that reads hints: what pictures ask for [N, b]. */
  readonly hint?: Float32Array;
}

/** Rows of a net that reads hints which get none: it is to write from a phrase alone, too. */
export const hintless = 1 / 4;

export interface BlockMaterial {
  readonly entries: readonly BlockEntry[];
  /** Indices of the blocks that are trained on. */
  readonly blocks: readonly number[];
  /** [N, b]: 1 for a real number, 0 for padding. */
  readonly mask: Uint8Array;
  /** Tokens of a text, and features of one. */
  readonly tokens: number;
  readonly width: number;
}

/** Codes of block indices or timesteps [count, width]. */
export function codes(numbers: ArrayLike<number>, width: number) {
  return f32([numbers.length, width], indexCode(numbers, width));
}

/** Feeds of step 0, 1, …: each row an entry, one of its texts, of its checkpoints, a block and a timestep, drawn evenly. */
export function blockSamples(
  config: Pick<DenoiserConfig, 'unet' | 'blockSize' | 'task' | 'prediction' | 'schedule' | 'fromTimestep'>,
  { entries, blocks, mask, tokens, width }: BlockMaterial,
  { seed, batch }: SampleOptions,
): (step: number) => Feeds {
  if (entries.length === 0) {
    throw new UserError(
      'The data set has no concept to train on; run generator:data with more combinations.',
    );
  }
  const schedule = scheduleOf(config);
  const b = config.blockSize;
  const draws = randomStream(seed, 'denoiser', 'choices');
  const noises = randomStream(seed, 'denoiser', 'noise');
  const veils = randomStream(seed, 'denoiser', 'hints');
  const last = config.schedule.steps;
  const first = config.task === 'regress' ? last - 1 : config.fromTimestep;
  return (step) => {
    const picks = draws.uniform(step * 5 * batch, 5 * batch);
    const noise = noises.normal(new Float32Array(batch * b), step * batch * b);
    const rows = {
      blocks: new Float32Array(batch * b),
      target: new Float32Array(batch * b),
      mask: new Float32Array(batch * b),
      text: new Float32Array(batch * tokens * width),
      timesteps: new Int32Array(batch),
      indices: new Int32Array(batch),
    };
    const hints = config.unet.hint && new Float32Array(batch * b);
    const veiled = hints && veils.uniform(step * batch, batch);
    for (let row = 0; row < batch; row++) {
      const [u0 = 0, u1 = 0, u2 = 0, u3 = 0, u4 = 0] = picks.subarray(5 * row, 5 * row + 5);
      const { texts, checkpoints, hint } = choice(entries, u0);
      const block = choice(blocks, u2);
      const timestep = first + Math.floor(u4 * (last - first));
      const own = mask.subarray(block * b, (block + 1) * b);
      const { seen, target } = example(
        config,
        schedule,
        timestep,
        choice(checkpoints, u1).subarray(block * b, (block + 1) * b),
        noise.subarray(row * b, (row + 1) * b),
        own,
      );
      rows.blocks.set(seen, row * b);
      rows.target.set(target, row * b);
      rows.mask.set(own, row * b);
      rows.text.set(choice(texts, u3), row * tokens * width);
      if (hints && known(veiled?.[row], 'draw') >= hintless) {
        hints.set(known(hint, 'hint').subarray(block * b, (block + 1) * b), row * b);
      }
      rows.timesteps[row] = timestep;
      rows.indices[row] = block;
    }
    return {
      blocks: f32([batch, b], rows.blocks),
      ...(hints && { hint: f32([batch, b], hints) }),
      target: f32([batch, b], rows.target),
      mask: f32([batch, b], rows.mask),
      text: f32([batch, tokens, width], rows.text),
      timeCode: codes(rows.timesteps, config.unet.codeWidth),
      indexCode: codes(rows.indices, config.unet.codeWidth),
    };
  };
}

/** The item that a number in (0, 1) points at. */
function choice<T>(items: readonly T[], share: number): T {
  return known(items[Math.min(items.length - 1, Math.floor(share * items.length))], 'choice');
}
