// The border of the worker: what a message asks for, checked before anything is done about it.
import { UserError } from '../../lib/errors.ts';
import type { DitShape } from '../../models/shape.ts';
import type { SlotId } from '../../plan/plan.ts';
import { isSlotId } from '../../plan/slots.ts';
import type { RunPace, SampleJob } from '../protocol.ts';

const mostPictures = 256;
const mostSteps = 1000;
const mostScored = 50_000;

/** @throws UserError when the job cannot be drawn with this model */
export function checkedJob(job: SampleJob, { classes }: DitShape): SampleJob {
  const refuse = (text: string): never => {
    throw new UserError(text);
  };
  const count = job.classes.length;
  if (count < 1 || count > mostPictures) refuse(`A job draws 1 to ${mostPictures} pictures, got ${count}.`);
  const wrong = job.classes.find((label) => !isWhole(label, 0, classes));
  if (wrong !== undefined) {
    refuse(
      `Class ${wrong} is none of the model's: they run from 0 to ${classes - 1}, and ${classes} is no class.`,
    );
  }
  if (!isWhole(job.steps, 1, mostSteps)) {
    refuse(`Sampling takes 1 to ${mostSteps} denoising steps, got ${job.steps}.`);
  }
  if (!isWhole(job.seed, 0, 2 ** 31 - 1)) {
    refuse(`A seed is a whole number from 0 to ${2 ** 31 - 1}, got ${job.seed}.`);
  }
  if (!Number.isFinite(job.guidance)) refuse(`Guidance is a number, got ${job.guidance}.`);
  if (job.sampler !== 'ddim' && job.sampler !== 'ddpm') refuse('The sampler is ddim or ddpm.');
  if (job.which !== 'base' && job.which !== 'graft')
    refuse('Pictures are drawn of the base or of the graft.');
  for (const slot of job.bypassed ?? []) checkedSlot(slot);
  if (job.stage !== undefined && job.stage !== 'stage1')
    refuse('Pictures are drawn with the weights of stage 1 or with the newest.');
  return job;
}

export function checkedSlot(slot: string): SlotId {
  if (isSlotId(slot)) return slot;
  throw new UserError(`A slot is named like blocks.3.attn, got "${slot}".`);
}

/** @param samples images that a distance is measured on */
export function checkedSamples(samples: number): number {
  if (isWhole(samples, 2, mostScored)) return samples;
  throw new UserError(`A distance is measured on 2 to ${mostScored} images, got ${samples}.`);
}

export function checkedPace(pace: string): RunPace {
  if (pace === 'full' || pace === 'smooth') return pace;
  throw new UserError(`The pace of runs is full or smooth, got "${pace}".`);
}

function isWhole(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}
