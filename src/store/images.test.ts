import { describe, expect, it } from 'vitest';
import { emptyPlan } from '../plan/plan.ts';
import type { SampleFrame, SampleJob } from '../workers/protocol.ts';
import {
  addFrame,
  classesFor,
  comparable,
  frameAt,
  lastStep,
  noStrips,
  pictureRgba,
  type Strip,
  type Strips,
  startStrip,
} from './images.ts';

const job: SampleJob = {
  jobId: 'base-1',
  which: 'base',
  plan: emptyPlan('m'),
  seed: 0,
  classes: [0, 1],
  guidance: 2,
  steps: 20,
  sampler: 'ddim',
};
const strip: Strip = { job, planHash: 'h', frames: [], state: 'running', milliseconds: null };
const frame = (step: number, jobId = 'base-1'): SampleFrame => ({
  jobId,
  which: 'base',
  step,
  steps: 20,
  size: 2,
  channels: 1,
  pixels: Uint8Array.from([0, 1, 2, 3, 10, 11, 12, 13]),
});

describe('strips', () => {
  it('take the frames of their job in the order of steps', () => {
    let strips: Strips = { base: strip, graft: null };
    for (const step of [3, 1, 2]) strips = addFrame(strips, frame(step));
    expect(strips.base?.frames.map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  it('refuse frames of a job that was replaced', () => {
    const strips = { ...noStrips, base: strip };
    expect(addFrame(strips, frame(1, 'base-0'))).toBe(strips);
    expect(addFrame(noStrips, frame(1))).toBe(noStrips);
  });

  it('show the last frame that is not later than the step', () => {
    const filled = { ...strip, frames: [frame(2), frame(5)] };
    expect(frameAt(filled, 4)?.step).toBe(2);
    expect(frameAt(filled, 99)?.step).toBe(5);
    expect(frameAt(filled, 1)?.step).toBe(2);
    expect(frameAt(strip, 3)).toBeUndefined();
    expect(frameAt(null, 3)).toBeUndefined();
  });

  it('of one picture show nothing before it, and pictures of the page stay until new ones are whole', () => {
    const picture = (step: number) => ({ ...frame(step), jobId: 'page' });
    const page: Strip = { ...strip, state: 'done', bundled: true, frames: [picture(20)] };
    expect(frameAt(page, 6)).toBeUndefined();
    expect(lastStep(page)).toBe(20);
    const again = startStrip(page, { ...job, jobId: 'base-2' }, page.planHash);
    const strips = addFrame({ ...noStrips, base: again }, { ...frame(1), jobId: 'base-2' });
    expect(frameAt(strips.base, Number.POSITIVE_INFINITY)?.jobId).toBe('page');
    expect(frameAt(strips.base, 1)?.jobId).toBe('base-2');
    expect(frameAt(strips.base && { ...strips.base, state: 'done' }, 99)?.jobId).toBe('base-2');
  });

  it('are comparable when they answer the same question', () => {
    expect(comparable(job, { ...job, which: 'graft', jobId: 'graft-2' })).toBe(true);
    expect(comparable(job, { ...job, guidance: 3 })).toBe(false);
    expect(comparable(job, { ...job, classes: [0, 2] })).toBe(false);
  });
});

describe('classesFor', () => {
  it('takes all classes in turn, or one', () => {
    expect(classesFor('every', 5, 3)).toEqual([0, 1, 2, 0, 1]);
    expect(classesFor(2, 3, 10)).toEqual([2, 2, 2]);
    expect(classesFor(12, 2, 10)).toEqual([9, 9]);
  });
});

describe('pictureRgba', () => {
  it('spreads grey over three channels', () => {
    expect([...pictureRgba(frame(1), 1)].slice(0, 8)).toEqual([10, 10, 10, 255, 11, 11, 11, 255]);
  });

  it('reads planes of colour', () => {
    const colour = { ...frame(1), size: 1, channels: 3, pixels: Uint8Array.from([1, 2, 3, 4, 5, 6]) };
    expect([...pictureRgba(colour, 1)]).toEqual([4, 5, 6, 255]);
  });
});
