// Sampled pictures: one strip of denoising steps each for base and graft, from the same seeds and classes.
import type { SampleFrame, SampleJob, WeightsOrigin, WeightsStage } from '../workers/protocol.ts';

export interface Strip {
  readonly job: SampleJob;
  readonly planHash: string;
  /** By denoising step; a step may be missing where the worker left it out to keep its pace. */
  readonly frames: readonly SampleFrame[];
  readonly state: 'running' | 'done' | 'failed';
  readonly milliseconds: number | null;
  /** True while the frames are those of the job before, which stay until the first of this one comes. */
  readonly stale?: boolean;
  /** True for pictures that came with the page: this browser did not draw them, and keeps them nowhere. */
  readonly bundled?: boolean;
  /** Pictures that came with the page, whole, shown until this job has drawn its own. */
  readonly meanwhile?: SampleFrame;
  /** Which weights drew it; null until it is known. */
  readonly weights?: WeightsOrigin | null;
  readonly stage?: WeightsStage | null;
}

export interface Strips {
  readonly base: Strip | null;
  readonly graft: Strip | null;
}

export const noStrips: Strips = { base: null, graft: null };

/** The strip of a new job. Pictures of the same plan and settings stay on it until new ones come. */
export function startStrip(before: Strip | null, job: SampleJob, planHash: string): Strip {
  const started: Strip = { job, planHash, frames: [], state: 'running', milliseconds: null };
  if (before?.planHash !== planHash || !comparable(before.job, job)) return started;
  const { frames, weights = null, stage = null, bundled = false } = before;
  const last = frames[frames.length - 1];
  return { ...started, frames, stale: true, weights, stage, ...(bundled && last && { meanwhile: last }) };
}

/** Puts a frame on the strip of its job; frames of jobs that were replaced are dropped. */
export function addFrame(strips: Strips, frame: SampleFrame): Strips {
  const strip = strips[frame.which];
  if (!strip || strip.job.jobId !== frame.jobId) return strips;
  const known = strip.stale ? [] : strip.frames;
  const frames = [...known.filter(({ step }) => step !== frame.step), frame].sort((a, b) => a.step - b.step);
  return { ...strips, [frame.which]: { ...strip, frames, stale: false } };
}

/**
 * The frame to show at a step: the last one that is not later, the first one where all are. Of a strip of one picture
 * there is nothing to show before it.
 */
export function frameAt(strip: Strip | null, step: number): SampleFrame | undefined {
  if (!strip) return undefined;
  const { frames, state, meanwhile } = strip;
  if (meanwhile && state === 'running' && step >= meanwhile.step) return meanwhile;
  const upTo = frames.filter((frame) => frame.step <= step);
  return upTo[upTo.length - 1] ?? (frames.length > 1 ? frames[0] : undefined);
}

/** The last step that a strip shows by itself; 0 where it shows nothing yet. */
export function lastStep(strip: Strip | null): number {
  return frameAt(strip, Number.POSITIVE_INFINITY)?.step ?? 0;
}

/** Class of every picture: all of one class, or the classes in turn. */
export function classesFor(choice: number | 'every', count: number, classes: number): number[] {
  return Array.from({ length: count }, (_, picture) =>
    choice === 'every' ? picture % Math.max(1, classes) : Math.min(choice, classes - 1),
  );
}

/** Grey or RGB pixels [image, channel, row, column] of one picture as RGBA for a canvas. */
export function pictureRgba(
  frame: Pick<SampleFrame, 'size' | 'channels' | 'pixels'>,
  picture: number,
): Uint8ClampedArray<ArrayBuffer> {
  const area = frame.size * frame.size;
  const start = picture * frame.channels * area;
  const rgba = new Uint8ClampedArray(area * 4);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const from = frame.channels >= 3 ? channel : 0;
      rgba[pixel * 4 + channel] = frame.pixels[start + from * area + pixel] ?? 0;
    }
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

/** Do both strips answer the same question: seeds, classes, guidance, steps? */
export function comparable(a: SampleJob, b: SampleJob): boolean {
  return (
    a.seed === b.seed &&
    a.guidance === b.guidance &&
    a.steps === b.steps &&
    a.sampler === b.sampler &&
    a.classes.length === b.classes.length &&
    a.classes.every((label, picture) => label === b.classes[picture])
  );
}
