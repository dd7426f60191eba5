// Which pictures are drawn, and when: the base's once for all settings, the graft's after each change of its weights.
import { graftedSlots } from '../../plan/edits.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import type { SampleJob } from '../../workers/protocol.ts';
import { baseCost } from '../costs.ts';
import { currentPlan } from '../documentStore.ts';
import { currentBypass } from '../effectivePlan.ts';
import { samplingSpeed } from '../estimate.ts';
import { classesFor, comparable, type Strip, startStrip } from '../images.ts';
import { model, useSession } from '../sessionStore.ts';
import { useSettings } from '../settingsStore.ts';
import { rememberSpeed } from '../speed.ts';
import { reportFailure } from './failures.ts';
import { askTrainer } from './link.ts';
import { hasWeights } from './runs.ts';

let jobNumber = 0;

function sampleJob(which: SampleJob['which'], plan: Plan): SampleJob {
  const { guidance, sampleSteps, sampleClass, sampleSeed, sampleCount } = useSettings.getState();
  const classes = model()?.config.classes ?? 1;
  return {
    jobId: `${which}-${++jobNumber}`,
    which,
    plan,
    seed: sampleSeed,
    classes: classesFor(sampleClass, sampleCount, classes),
    guidance,
    steps: sampleSteps,
    sampler: 'ddim',
    ...(which === 'graft' && { bypassed: currentBypass() }),
  };
}

/** Draws what is missing: the base where its settings changed, and the graft where there are trained weights. */
export async function drawMissingPictures(): Promise<void> {
  const plan = currentPlan();
  const base = sampleJob('base', plan);
  const known = useSession.getState().strips.base;
  if (known?.state !== 'done' || known.bundled || !comparable(known.job, base)) await draw(base);
  if (graftedSlots(plan).length > 0 && hasWeights(plan)) await draw(sampleJob('graft', plan));
}

/** Draws the base and, where there are trained weights, the graft, from the same seeds, whatever is there already. */
export async function sampleBoth(): Promise<void> {
  const plan = currentPlan();
  await draw(sampleJob('base', plan));
  if (graftedSlots(plan).length > 0 && hasWeights(plan)) await draw(sampleJob('graft', plan));
}

/** Draws the graft with the weights that it has now: trained, best so far, or the untrained start. */
export async function sampleGraft(): Promise<void> {
  await draw(sampleJob('graft', currentPlan()));
}

async function draw(job: SampleJob): Promise<void> {
  if (model()?.limits?.images) return;
  const { which } = job;
  const before = useSession.getState().strips[which];
  if (before?.state === 'running') await askTrainer({ kind: 'stopSample', jobId: before.job.jobId });
  useSession.setState(({ strips }) => ({
    strips: { ...strips, [which]: startStrip(strips[which], job, planHash(job.plan)) },
    scrubStep: null,
  }));
  try {
    const {
      finished,
      milliseconds,
      weights = null,
      stage = null,
    } = await askTrainer({ kind: 'sample', job });
    updateStrip(job, { state: finished ? 'done' : 'failed', milliseconds, weights, stage });
    if (finished && which === 'base') measureSpeed(job, milliseconds);
  } catch (error) {
    updateStrip(job, { state: 'failed' });
    reportFailure('sample', error);
  } finally {
    useSession.setState({ status: null });
  }
}

function updateStrip(job: SampleJob, patch: Partial<Strip>): void {
  useSession.setState(({ strips }) => {
    const strip = strips[job.which];
    return strip?.job.jobId === job.jobId
      ? { strips: { ...strips, [job.which]: { ...strip, ...patch } } }
      : {};
  });
}

function measureSpeed(job: SampleJob, milliseconds: number): void {
  const info = model();
  if (!info || milliseconds <= 0) return;
  const macsPerImage = baseCost(info.config).macs;
  const { guidance, steps } = job;
  rememberSpeed(samplingSpeed({ pictures: job.classes.length, steps, guidance, macsPerImage, milliseconds }));
}
