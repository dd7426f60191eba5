// How long a run will take, before it starts: from counted work and the speed measured on this machine.
import type { Plan } from '../plan/plan.ts';

/** A backward pass costs about two forward passes: gradients of inputs and of weights are a product each. */
const forwardAndBackward = 3;

export interface Work {
  /** MACs per image of every grafted slot's operator. */
  readonly slotMacs: readonly number[];
  /** MACs per image of the whole grafted model. */
  readonly modelMacs: number;
}

export interface Estimate {
  readonly stage1Seconds: number;
  readonly stage2Seconds: number;
}

/** @param macsPerMs what this machine managed while sampling; null before anything was measured. */
export function estimateRun(plan: Plan, work: Work, macsPerMs: number | null): Estimate | null {
  if (macsPerMs === null || macsPerMs <= 0 || work.slotMacs.length === 0) return null;
  const { stage1, stage2 } = plan;
  const perImage = work.slotMacs.reduce((sum, macs) => sum + macs, 0) * forwardAndBackward;
  // Stage 1 also runs the teacher once a step to make its inputs and targets.
  const stage1Macs = stage1.steps * stage1.batch * (perImage + work.modelMacs);
  const stage2Macs = stage2.steps * stage2.batch * work.modelMacs * forwardAndBackward;
  return { stage1Seconds: stage1Macs / macsPerMs / 1000, stage2Seconds: stage2Macs / macsPerMs / 1000 };
}

/** Work per millisecond of a finished sampling job. Guidance other than 1 runs every step twice. */
export function samplingSpeed(job: {
  readonly pictures: number;
  readonly steps: number;
  readonly guidance: number;
  readonly macsPerImage: number;
  readonly milliseconds: number;
}): number {
  const passes = job.steps * (job.guidance === 1 ? 1 : 2);
  return (job.pictures * passes * job.macsPerImage) / job.milliseconds;
}
