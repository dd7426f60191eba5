// What a run leaves behind and what can be done with it: weights of each stage, room in storage, stage 1 used again.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { memoryStore } from '../../storage/memoryStore.ts';
import type { RunSummary, SampleJob } from '../protocol.ts';
import { type TestTrainer, testBench, tinyPlan, tinyShape } from './testing.ts';

const { openedTrainer } = testBench((path) => readFile(new URL(`../../../public/${path}`, import.meta.url)));

const plan: Plan = {
  ...tinyPlan,
  stage1: { ...tinyPlan.stage1, steps: 20 },
  stage2: { ...tinyPlan.stage2, steps: 10, learningRate: 1e-3 },
};
const hash = planHash(plan);
const job = (jobId: string): SampleJob => ({
  jobId,
  which: 'graft',
  plan,
  seed: 5,
  classes: [0, 1],
  guidance: 1,
  steps: 2,
  sampler: 'ddim',
});

describe('after a run', () => {
  const store = memoryStore();
  let trainer: TestTrainer;
  let summary: RunSummary;
  let untrained: Awaited<ReturnType<typeof draw>>;
  const draw = (name: string) => trainer.ask({ kind: 'sample', job: job(name) });
  beforeAll(async () => {
    trainer = await openedTrainer({ store });
    untrained = await draw('before');
    summary = await trainer.ask({ kind: 'graft', plan, resume: false });
  }, 120_000);

  it('pictures say which weights they show', async () => {
    expect(untrained).toMatchObject({ weights: 'untrained', stage: { stage: 'start', step: 0 } });
    const { afterStage1, best } = summary.heldOutLoss;
    const improved = (best ?? 0) < (afterStage1 ?? 0);
    const after = await draw('after');
    expect(after).toMatchObject({
      weights: 'trained',
      stage: improved ? { stage: 'stage2', step: 10 } : { stage: 'stage1' },
    });
  });

  it('the distance is measured after stage 1 too, with progress', async () => {
    const distance = await trainer.ask({ kind: 'distance', plan, samples: 64 });
    expect(distance.stage1).toBeGreaterThan(0);
    expect(distance.samples).toBe(64);
    for (const of of ['base', 'stage1', 'graft'] as const)
      expect((await trainer.event('scoring', ({ scoring }) => scoring.of === of)).scoring.samples).toBe(64);
  });

  it('storage lists what takes room, and deletes it', async () => {
    const items = await trainer.ask({ kind: 'storage' });
    expect(items.map(({ kind }) => kind).sort()).toEqual(['measurements', 'result']);
    const result = items.find(({ kind }) => kind === 'result');
    expect(result).toMatchObject({ name: `result-${hash}`, plan });
    expect(result?.bytes).toBeGreaterThan(10_000);
    await trainer.ask({ kind: 'deleteStored', name: `result-${hash}` });
    await trainer.ask({ kind: 'deleteStored', name: 'measurements' });
    expect(await trainer.ask({ kind: 'storage' })).toEqual([]);
    expect(await store.list()).toEqual([]);
    await expect(trainer.ask({ kind: 'deleteStored', name: 'note-x' })).rejects.toThrow(
      'Storage holds nothing that is called "note-x".',
    );
  });
});

it('the identity check changes nothing but the order of sums', async () => {
  const trainer = await openedTrainer();
  const { slots, inputs, maxDeviation } = await trainer.ask({ kind: 'identity' });
  expect(slots).toBe(2 * tinyShape.depth);
  expect(inputs).toBeGreaterThan(1);
  expect(maxDeviation).toBeLessThan(1e-4);
});

it('a plan that only changes stage 2 takes stage 1 from the unfinished run of the other', async () => {
  const store = memoryStore();
  const left = await openedTrainer({ store });
  void left.ask({ kind: 'graft', plan, resume: false });
  await left.event('progress', ({ progress }) => progress.phase === 'stage2' && progress.step >= 1);
  // The memory ran out here; this trainer never hears of the run again.
  await left.ask({ kind: 'pause' });
  await left.ask({ kind: 'flush' });
  const next = await openedTrainer({ store });
  const from = hash;
  const gentle = { ...plan, stage2: { ...plan.stage2, batch: 4 } };
  const summary = await next.ask({ kind: 'graft', plan: gentle, resume: true, from });
  expect(summary.state).toBe('finished');
  const trained = next.events.flatMap((event) => (event.kind === 'points' ? event.points : []));
  expect(new Set(trained.map(({ series }) => series))).toEqual(new Set(['stage2']));
  const [stored] = await next.ask({ kind: 'runs' });
  expect(stored?.points.filter(({ series }) => series === 'blocks.0.attn')).toHaveLength(21);
  // The result of that run gives its stage 1 to a third, to the same end.
  const third = await openedTrainer({ store });
  const again = { ...gentle, stage2: { ...gentle.stage2, steps: 12 } };
  await third.ask({ kind: 'graft', plan: again, resume: true, from: planHash(gentle) });
  const runs = await third.ask({ kind: 'runs' });
  const stage1Of = (hashOfPlan: string) =>
    runs
      .find((run) => run.planHash === hashOfPlan)
      ?.points.filter(({ series }) => series !== 'stage2')
      .map(({ series, step, error }) => ({ series, step, error }));
  expect(stage1Of(planHash(again))).toEqual(stage1Of(planHash(gentle)));
  const flopsOf = (hashOfPlan: string) =>
    runs.find((run) => run.planHash === hashOfPlan)?.summary?.flops ?? Number.NaN;
  expect(flopsOf(planHash(again))).toBeGreaterThan(0);
  // Another seed is another stage 1.
  const other = { ...gentle, seed: 9, stage2: { ...gentle.stage2, steps: 0 } };
  await next.ask({ kind: 'graft', plan: other, resume: true, from });
  const all = next.events.flatMap((event) => (event.kind === 'points' ? event.points : []));
  expect(all.some(({ series }) => series === 'blocks.0.attn')).toBe(true);
}, 600_000);
