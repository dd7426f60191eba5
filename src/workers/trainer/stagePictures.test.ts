// Pictures of one run from after each stage: base, stage 1 and result are three different models from the same noise.
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { planHash } from '../../plan/hash.ts';
import { memoryStore } from '../../storage/memoryStore.ts';
import type { SampleFrame, SampleJob } from '../protocol.ts';
import { type TestTrainer, testBench, tinyPlan } from './testing.ts';

const { openedTrainer } = testBench((path) => readFile(new URL(`../../../public/${path}`, import.meta.url)));

const plan = {
  ...tinyPlan,
  stage1: { ...tinyPlan.stage1, steps: 6 },
  stage2: { ...tinyPlan.stage2, steps: 30 },
};
const withoutFinetune = { ...plan, stage2: { ...plan.stage2, steps: 0 } };

async function last(trainer: TestTrainer, rest: Partial<SampleJob>): Promise<SampleFrame> {
  const jobId = `job-${JSON.stringify(rest).length}-${trainer.events.length}`;
  const job: SampleJob = {
    jobId,
    which: 'graft',
    plan,
    seed: 1,
    classes: [3, 7],
    guidance: 2,
    steps: 2,
    sampler: 'ddim',
    ...rest,
  };
  await trainer.ask({ kind: 'sample', job });
  const { frame } = await trainer.event(
    'frame',
    ({ frame }) => frame.jobId === jobId && frame.step === job.steps,
  );
  return frame;
}

it('draws base, stage 1 and result apart, in another visit too', async () => {
  const store = memoryStore();
  const trainer = await openedTrainer({ store });
  await expect(last(trainer, { stage: 'stage1' })).rejects.toThrow(
    'No weights from after stage 1 are kept for this plan; graft it again to keep them beside the result.',
  );
  await trainer.ask({ kind: 'graft', plan, resume: false });
  const later = await openedTrainer({ store });
  const [stored] = await later.ask({ kind: 'runs' });
  expect(stored).toMatchObject({ planHash: planHash(plan), keepsStage1: true });
  const base = await last(later, { which: 'base' });
  const stage1 = await last(later, { stage: 'stage1' });
  const result = await last(later, {});
  expect(stage1.pixels).not.toEqual(base.pixels);
  expect(stage1.pixels).not.toEqual(result.pixels);
  expect((await last(later, { stage: 'stage1' })).pixels).toEqual(stage1.pixels);
});

it('keeps nothing twice where no fine-tune followed', async () => {
  const trainer = await openedTrainer();
  await trainer.ask({ kind: 'graft', plan: withoutFinetune, resume: false });
  expect((await trainer.ask({ kind: 'runs' }))[0]).toMatchObject({ finished: true, keepsStage1: false });
});
