import { beforeEach, describe, expect, it } from 'vitest';
import { planHash } from '../plan/hash.ts';
import { emptyPlan, type Plan } from '../plan/plan.ts';
import type { SampleFrame, SampleJob, StoredRun, TrainerEvent } from '../workers/protocol.ts';
import { identityPlan, jobOf, presentSides, sideChoices, stripOf } from './comparedSides.ts';
import { startOfComparison, useComparison } from './comparison.ts';
import { startDocument } from './documentStore.ts';
import { checkIdentity, drawMissing } from './drawSides.ts';
import type { Strip } from './images.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { scriptedTrainer, testModel } from './testing.ts';
import { connectTrainer } from './trainerSession.ts';

const plan: Plan = {
  ...emptyPlan(testModel.id),
  slots: {
    'blocks.1.attn': { operator: 'swa', config: { window: 4, shape: 'raster' }, initialisation: 'auto' },
  },
};
const hash = planHash(plan);

function finished(of: Plan, keepsStage1: boolean, savedAt = 7): StoredRun {
  return {
    planHash: planHash(of),
    plan: of,
    finished: true,
    phase: 'done',
    step: 1,
    steps: 1,
    savedAt,
    bytes: 1,
    summary: null,
    points: [],
    keepsStage1,
  };
}

const reference: SampleJob = {
  jobId: 'base-1',
  which: 'base',
  plan,
  seed: 3,
  classes: [0, 1],
  guidance: 2,
  steps: 2,
  sampler: 'ddim',
};

function framesOf(jobId: string, value: number): SampleFrame[] {
  return [1, 2].map((step) => ({
    jobId,
    which: 'base',
    step,
    steps: 2,
    size: 2,
    channels: 1,
    pixels: new Uint8Array(8).fill(value),
  }));
}

const strip = (job: SampleJob, rest: Partial<Strip> = {}): Strip => ({
  job,
  planHash: planHash(job.plan),
  frames: framesOf(job.jobId, 100),
  state: 'done',
  milliseconds: 1,
  ...rest,
});

const config = testModel.config;

describe('the sides that can be chosen', () => {
  it('are the original, both stages of the plan, other results, and the control', () => {
    const other = { ...plan, seed: 9 };
    const choices = sideChoices(
      plan,
      { storedRuns: [finished(other, false), finished(plan, true)], run: null },
      config,
    );
    const short = hash.slice(0, 4);
    expect(choices.map((choice) => choice.short)).toEqual([
      'Original',
      `${short}, stage 1`,
      `${short}, stage 2`,
      planHash(other).slice(0, 4),
      'Identity copy',
    ]);
    expect(presentSides(choices, null, plan).map((choice) => choice.short)).toEqual([
      'Original',
      `${short}, stage 1`,
      `${short}, stage 2`,
    ]);
  });

  it('offer an untrained start, but do not draw it unasked', () => {
    const choices = sideChoices(plan, { storedRuns: [], run: null }, config);
    expect(choices.map((choice) => choice.short)).toContain(`${hash.slice(0, 4)}, untrained`);
    expect(presentSides(choices, null, plan).map(({ key }) => key)).toEqual(['base']);
    expect(presentSides(choices, ['gone'], plan).map(({ key }) => key)).toEqual(['base']);
  });

  it('are others after another run of the same plan', () => {
    const keys = (savedAt: number) =>
      sideChoices(plan, { storedRuns: [finished(plan, false, savedAt)], run: null }, config).map(
        ({ key }) => key,
      );
    expect(keys(1)).not.toEqual(keys(2));
  });

  it('have a control that copies the base into the grafted slots, or into the middle block', () => {
    expect(identityPlan(plan, config).slots).toEqual({
      'blocks.1.attn': { operator: 'mha', config: {}, initialisation: 'inherit' },
    });
    expect(Object.keys(identityPlan(emptyPlan('x'), config).slots)).toEqual([
      'blocks.4.attn',
      'blocks.4.mlp',
    ]);
  });
});

describe('the pictures of a side', () => {
  const choices = sideChoices(plan, { storedRuns: [finished(plan, true)], run: null }, config);
  const [, stage1, newest] = choices;
  if (!stage1 || !newest) throw new Error('two stages');
  const graftJob: SampleJob = { ...reference, jobId: 'graft-1', which: 'graft' };

  it('are those of the gallery where it shows trained weights, the same noise and no bypass', () => {
    const gallery = (graft: Strip) => stripOf(newest, { base: strip(reference), graft }, new Map());
    expect(gallery(strip(graftJob, { weights: 'trained' }))?.job.jobId).toBe('graft-1');
    expect(gallery(strip(graftJob, { weights: 'untrained' }))).toBeNull();
    expect(gallery(strip({ ...graftJob, seed: 4 }, { weights: 'trained' }))).toBeNull();
    expect(gallery(strip({ ...graftJob, bypassed: ['blocks.1.attn'] }, { weights: 'trained' }))).toBeNull();
    expect(
      stripOf(stage1, { base: strip(reference), graft: strip(graftJob, { weights: 'trained' }) }, new Map()),
    ).toBeNull();
  });

  it('are drawn from the same seeds with the weights of their stage', () => {
    expect(jobOf(stage1, reference, 'compare-1')).toMatchObject({ which: 'graft', seed: 3, stage: 'stage1' });
    expect(jobOf(newest, reference, 'compare-1').stage).toBeUndefined();
  });
});

describe('drawing what the comparison lacks', () => {
  beforeEach(() => {
    useComparison.setState(startOfComparison);
    useSession.setState({
      ...startOfSession,
      opening: { state: 'ready', model: testModel },
      strips: { base: strip(reference), graft: null },
    });
    startDocument(plan, 'start');
  });

  function trainerThatDraws(value: number) {
    const trainer = scriptedTrainer({
      sample: ({ job }, emit: (event: TrainerEvent) => void) => {
        for (const frame of framesOf(job.jobId, value)) emit({ kind: 'frame', frame });
        return { jobId: job.jobId, finished: true, milliseconds: 5, weights: 'untrained' };
      },
    });
    connectTrainer(trainer.start);
    return trainer;
  }

  it('asks once for each side, and keeps the frames by step', async () => {
    const trainer = trainerThatDraws(90);
    const sides = sideChoices(plan, useSession.getState(), config);
    drawMissing(sides.slice(0, 2));
    drawMissing(sides.slice(0, 2));
    await expect
      .poll(() => [...useComparison.getState().strips.values()].map(({ state }) => state))
      .toEqual(['done']);
    expect(trainer.asked.filter(({ kind }) => kind === 'sample')).toHaveLength(1);
    const [drawn] = useComparison.getState().strips.values();
    expect(drawn).toMatchObject({ weights: 'untrained', frames: [{ step: 1 }, { step: 2 }] });
  });

  it('measures the control: zero where it draws the base’s pictures, more where it does not', async () => {
    trainerThatDraws(100);
    await checkIdentity();
    expect(useComparison.getState().identity).toEqual({ largest: 0, pictures: 2, steps: 2, slots: 1 });
    useComparison.setState(startOfComparison);
    trainerThatDraws(97);
    await checkIdentity();
    expect(useComparison.getState().identity?.largest).toBe(3);
  });

  it('says why a side has no pictures', async () => {
    connectTrainer(
      scriptedTrainer({
        sample: () => {
          throw new Error('No weights from after stage 1 are kept.');
        },
      }).start,
    );
    drawMissing(sideChoices(plan, useSession.getState(), config).slice(1, 2));
    await expect
      .poll(() => [...useComparison.getState().strips.values()].map(({ failure }) => failure))
      .toEqual([expect.stringContaining('No weights from after stage 1')]);
  });
});
