import { beforeEach, describe, expect, it, vi } from 'vitest';
import { known, UserError } from '../lib/errors.ts';
import { restoreTeacher } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import { emptyPlan } from '../plan/plan.ts';
import { samplePlan } from '../plan/testing.ts';
import type {
  Problem,
  RunProgress,
  RunSummary,
  SampleFrame,
  StoredRun,
  TrainerRequest,
} from '../workers/protocol.ts';
import { currentPlan, editPlan, startDocument, undoEdit } from './documentStore.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { type Script, scriptedTrainer, testModel } from './testing.ts';
import {
  checkSelfGraft,
  connectTrainer,
  exportModel,
  graft,
  importFile,
  openModel,
  remedyOf,
  resumeRun,
  sampleBoth,
  score,
  showResultsOf,
  stopScoring,
} from './trainerSession.ts';
import { useView } from './viewStore.ts';

const hash = planHash(samplePlan);
const progress: RunProgress = {
  planHash: hash,
  phase: 'stage1',
  state: 'running',
  step: 4,
  steps: 400,
  slots: [
    {
      slot: 'blocks.3.attn',
      state: 'training',
      step: 4,
      error: 0.1,
      bestError: 0.1,
      initial: {},
      chosen: null,
      byTimestep: null,
    },
    {
      slot: 'blocks.5.mlp',
      state: 'queued',
      step: 0,
      error: null,
      bestError: null,
      initial: {},
      chosen: null,
      byTimestep: null,
    },
  ],
  millisecondsPerStep: 20,
  etaSeconds: 8,
  flops: 1,
  flopsShare: null,
  savedAt: null,
};
const summary: RunSummary = {
  ...progress,
  phase: 'done',
  state: 'finished',
  distanceBase: 6,
  distanceStage1: 9,
  distanceGraft: 7,
  heldOutLoss: { afterStage1: 0.06, best: 0.05 },
  seconds: 5,
};
const stored: StoredRun = {
  planHash: hash,
  plan: samplePlan,
  finished: false,
  phase: 'stage1',
  step: 4,
  steps: 400,
  savedAt: 1,
  bytes: 10,
  summary: null,
  points: [{ series: 'blocks.3.attn', step: 4, loss: 0.5, error: null }],
};

function connect(script: Script) {
  const trainer = scriptedTrainer(script);
  connectTrainer(trainer.start);
  return trainer;
}

beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  useView.setState({ toast: null });
  startDocument(samplePlan, 'start');
});

describe('openModel', () => {
  it('opens, looks for runs and draws the base', async () => {
    const trainer = connect({});
    startDocument(emptyPlan('dit-fashion-mnist'), 'start');
    await openModel({ kind: 'bundled' });
    expect(trainer.asked.map((request) => request.kind)).toEqual(['open', 'runs', 'sample']);
    expect(currentPlan().base).toBe(testModel.id);
    expect(useSession.getState().strips.base?.state).toBe('done');
  });

  it('keeps a plan of another model one undo away', async () => {
    connect({});
    const foreign = { ...samplePlan, base: 'other-model' };
    startDocument(foreign, 'start');
    await openModel({ kind: 'bundled' });
    expect(currentPlan()).toEqual(emptyPlan(testModel.id));
    expect(useSession.getState().problems[0]?.text).toBe(
      'This plan grafts the model "other-model", but "dit-test" is open. Open its model first. The plan is kept: one undo brings it back.',
    );
    undoEdit();
    expect(currentPlan()).toBe(foreign);
  });

  it('says why when it fails', async () => {
    connect({ open: () => Promise.reject(new UserError('The weights are damaged.')) });
    await openModel({ kind: 'bundled' });
    expect(useSession.getState().opening).toEqual({ state: 'failed', sentence: 'The weights are damaged.' });
    expect(useView.getState().toast?.text).toBe('The weights are damaged.');
  });

  it('offers the run that was cut off', async () => {
    connect({ runs: () => [stored] });
    await openModel({ kind: 'bundled' });
    expect(useSession.getState().resumable).toEqual(stored);
  });
});

describe('graft', () => {
  it('follows the run, keeps its result and draws both sides from the same seeds', async () => {
    const trainer = connect({
      graft: (_request, emit) => {
        emit({ kind: 'progress', progress });
        emit({ kind: 'points', planHash: hash, points: stored.points });
        return summary;
      },
    });
    await graft();
    const { run, summaries, curves, strips, measurements } = useSession.getState();
    expect(run).toBe(summary);
    expect(summaries[hash]).toBe(summary);
    expect(curves.get('blocks.3.attn')?.points).toHaveLength(1);
    expect(strips.base?.job).toMatchObject({
      seed: strips.graft?.job.seed,
      classes: strips.graft?.job.classes,
    });
    expect(measurements[hash]?.graftMs).toBe(9);
    expect(trainer.asked[0]).toEqual({ kind: 'graft', plan: samplePlan, resume: false });
  });

  it('keeps the identity of slots that did not move', () => {
    connect({});
    const trainer = scriptedTrainer({});
    let listener: Parameters<typeof trainer.start>[0] | undefined;
    connectTrainer((given) => {
      listener = given;
      return trainer.start(given);
    });
    listener?.event({ kind: 'progress', progress });
    const before = useSession.getState().run?.slots;
    listener?.event({
      kind: 'progress',
      progress: {
        ...progress,
        slots: progress.slots.map((slot, at) => ({ ...slot, step: at === 0 ? 5 : slot.step })),
      },
    });
    const after = useSession.getState().run?.slots;
    expect(after?.[0]).not.toBe(before?.[0]);
    expect(after?.[1]).toBe(before?.[1]);
  });

  it('reports a failure in one sentence and goes on living', async () => {
    connect({ graft: () => Promise.reject(new UserError('Out of memory.')) });
    await graft();
    expect(useSession.getState().problems[0]?.text).toBe('Out of memory.');
    expect(useSession.getState().busy.starting).toBe(false);
  });

  it('offers the checkpoint of a run that failed', async () => {
    connect({ graft: () => Promise.reject(new UserError('Device lost.')), runs: () => [stored] });
    await graft();
    expect(useSession.getState().resumable).toEqual(stored);
  });

  it('resumes the plan of the stored run', async () => {
    const trainer = connect({ graft: () => summary, runs: () => [stored] });
    startDocument(emptyPlan(testModel.id), 'start');
    await resumeRun(stored);
    expect(currentPlan()).toBe(samplePlan);
    expect(trainer.asked[0]).toEqual({ kind: 'graft', plan: samplePlan, resume: true });
  });

  it('takes stage 1 from the run of a plan that differs only in stage 2', async () => {
    const trainer = connect({ graft: () => summary, runs: () => [stored] });
    useSession.setState({ storedRuns: [stored] });
    await graft({ stage1Of: hash });
    expect(trainer.asked[0]).toEqual({ kind: 'graft', plan: samplePlan, resume: true, from: hash });
  });
});

describe('a trainer that dies', () => {
  it('is started again with the same model, and the run that it left is offered', async () => {
    const trainer = connect({ runs: () => [{ ...stored, savedAt: Date.now() - 4000 }] });
    await openModel({ kind: 'bundled' });
    const { strips } = useSession.getState();
    useSession.setState({ run: progress, resumable: null });
    trainer.crash('The browser ended the trainer.');
    await vi.waitFor(() => expect(useSession.getState().problems[0]?.action).toBe('resume'));
    const { run, problems, resumable } = useSession.getState();
    expect(run?.state).toBe('failed');
    expect(problems[0]).toMatchObject({
      id: 'trainer-crashed',
      text: 'The browser ended the trainer. It was started again. Step 4 of 400 in stage 1 was saved 4 s ago.',
    });
    expect(resumable?.planHash).toBe(hash);
    // Its pictures do not depend on the trainer that drew them.
    expect(useSession.getState().strips.base).toBe(strips.base);
    expect(currentPlan()).toBe(samplePlan);
    // Dying again at once has a cause that another start does not mend: the person decides.
    trainer.crash('The browser ended the trainer.');
    await vi.waitFor(() => expect(useSession.getState().problems[0]?.action).toBe('retry'));
    const remedy = remedyOf(known(useSession.getState().problems[0], 'problem'), useSession.getState());
    expect(remedy?.label).toBe('Restart the trainer');
  });
});

describe('remedies', () => {
  const labelOf = (problem: Pick<Problem, 'id' | 'action'>) =>
    remedyOf(problem, useSession.getState())?.label ?? null;

  it('halve the batch of the stage that ran out of memory, and keep stage 1 where stage 2 did', async () => {
    const trainer = connect({ graft: () => summary });
    const problem = { id: 'graft', action: 'smallerBatch' } as const;
    useSession.setState({ run: { ...progress, phase: 'stage2', state: 'failed' } });
    expect(labelOf(problem)).toBe('Retry with batch 16');
    remedyOf(problem, useSession.getState())?.run();
    expect(currentPlan().stage2.batch).toBe(16);
    expect(currentPlan().stage1.batch).toBe(32);
    expect(trainer.asked[0]).toMatchObject({ kind: 'graft', resume: true, from: hash });
    useSession.setState({ run: { ...progress, phase: 'stage1', state: 'failed' } });
    remedyOf(problem, useSession.getState())?.run();
    expect(currentPlan().stage1.batch).toBe(16);
    expect(trainer.asked.at(-1)).toMatchObject({ kind: 'graft', resume: false });
  });

  it('offer a learning rate below all that were tried, fewer pictures, and the list of what takes room', () => {
    expect(labelOf({ id: 'nan-stage2', action: 'smallerRate' })).toBe('Retry with learning rate 0.0000047');
    expect(labelOf({ id: 'nan-blocks.3.attn', action: 'smallerRate' })).toBe(
      'Retry with learning rate 0.000016',
    );
    expect(labelOf({ id: 'sample', action: 'smallerBatch' })).toBe('Draw 8 pictures instead');
    expect(labelOf({ id: 'storage', action: 'freeSpace' })).toBe('Show what uses the space');
    expect(labelOf({ id: 'measuring', action: null })).toBeNull();
  });
});

describe('results', () => {
  it('come back with their plan after undo and redo', async () => {
    connect({ graft: () => summary, runs: () => [{ ...stored, finished: true, summary }] });
    await graft();
    const bare = restoreTeacher(samplePlan, ['blocks.3.attn']);
    editPlan({ plan: bare, label: 'restore' });
    showResultsOf(bare);
    expect(useSession.getState().run).toBeNull();
    undoEdit();
    showResultsOf(currentPlan());
    expect(useSession.getState().run).toBe(summary);
    expect(useSession.getState().curves.size).toBe(1);
  });
});

describe('pictures', () => {
  const drawn = (asked: readonly TrainerRequest[]) =>
    asked.flatMap((request) => (request.kind === 'sample' ? [request.job.which] : []));

  it('are drawn for the base alone while the plan has no weights', async () => {
    const trainer = connect({});
    await sampleBoth();
    expect(drawn(trainer.asked)).toEqual(['base']);
  });

  it('of the base stay after a run; those of the graft stay until the first new one comes', async () => {
    const frame = (jobId: string, which: 'base' | 'graft', step: number): SampleFrame => ({
      jobId,
      which,
      step,
      steps: 20,
      size: 1,
      channels: 1,
      pixels: new Uint8Array(16),
    });
    let hold: () => void = () => undefined;
    const trainer = connect({
      graft: () => summary,
      sample: async ({ job }, emit) => {
        const first = drawn(trainer.asked).length <= 2;
        if (!first) await new Promise<void>((resolve) => (hold = resolve));
        emit({ kind: 'frame', frame: frame(job.jobId, job.which, first ? 20 : 1) });
        const stage = { stage: 'stage2', step: 380 } as const;
        return { jobId: job.jobId, finished: true, milliseconds: 10, weights: 'trained', stage };
      },
    });
    await graft();
    const { base, graft: before } = useSession.getState().strips;
    expect(before).toMatchObject({ weights: 'trained', stage: { stage: 'stage2', step: 380 } });
    const again = graft();
    await vi.waitFor(() => expect(drawn(trainer.asked)).toEqual(['base', 'graft', 'graft']));
    const { strips } = useSession.getState();
    expect(strips.base).toBe(base);
    expect(strips.graft?.state).toBe('running');
    expect(strips.graft?.frames).toBe(before?.frames);
    hold();
    await again;
    expect(useSession.getState().strips.graft?.frames.map(({ step }) => step)).toEqual([1]);
  });
});

describe('the distance', () => {
  it('shows its progress, holds what it found after stage 1, and is no problem when stopped', async () => {
    const trainer = connect({
      distance: (_, emit) => {
        emit({ kind: 'scoring', scoring: { of: 'graft', done: 32, samples: 64 } });
        expect(useSession.getState().scoring).toEqual({ of: 'graft', done: 32, samples: 64 });
        return { base: 6, graft: 7, stage1: 9, samples: 64 };
      },
      stopDistance: () => null,
    });
    await score(64);
    expect(useSession.getState()).toMatchObject({ scoring: null, busy: { scoring: false } });
    expect(useSession.getState().distances[hash]).toMatchObject({ base: 6, graft: 7, stage1: 9 });
    await stopScoring();
    expect(trainer.asked.at(-1)).toEqual({ kind: 'stopDistance' });
    connect({ distance: () => Promise.reject(new UserError('It was stopped.', { action: 'stopped' })) });
    await score(64);
    expect(useSession.getState().problems).toEqual([]);
    expect(useView.getState().announcement.text).toBe('It was stopped.');
  });
});

describe('the control experiment', () => {
  it('says the largest deviation that was measured', async () => {
    connect({ identity: () => ({ slots: 16, inputs: 8, maxDeviation: 7.6e-6 }) });
    await checkSelfGraft();
    expect(useView.getState().toast?.text).toBe(
      'Identity check: with all 16 slots grafted onto themselves, the largest deviation over 8 denoising steps is 7.6e-6.',
    );
  });
});

describe('files', () => {
  it('are exported with their check', async () => {
    connect({
      export: () => ({
        name: 'a.onnx',
        blob: new Blob(['file']),
        maxDeviation: 1e-6,
        inputs: 8,
        checked: 'Run twice.',
      }),
    });
    await exportModel('onnx');
    expect(useSession.getState().exports.onnx).toMatchObject({ state: 'done', planHash: hash });
  });

  it('open their own model when it is another one', async () => {
    const other = { ...testModel, id: 'other' };
    const trainer = connect({
      open: () => other,
      import: () => ({ kind: 'model', plan: emptyPlan('other'), weights: false, sentence: 'Opened.' }),
    });
    await importFile(new File(['x'], 'other.safetensors'));
    expect(trainer.asked.map((request) => request.kind)).toContain('open');
    expect(currentPlan()).toEqual(emptyPlan('other'));
  });

  it('wait until the page has its model', async () => {
    const { opening } = useSession.getState();
    useSession.setState({ opening: { state: 'opening' } });
    const trainer = connect({
      import: () => ({ kind: 'model', plan: samplePlan, weights: false, sentence: 'Opened.' }),
    });
    const dropped = importFile(new File(['x'], 'a.safetensors'));
    await Promise.resolve();
    expect(trainer.asked).toEqual([]);
    useSession.setState({ opening });
    await dropped;
    expect(trainer.asked.map((request) => request.kind)).toContain('import');
  });

  it('open as one history entry', async () => {
    const imported = { ...samplePlan, seed: 3 };
    connect({ import: () => ({ kind: 'model', plan: imported, weights: false, sentence: 'Opened.' }) });
    await importFile(new File(['x'], 'a.safetensors'));
    expect(currentPlan()).toBe(imported);
    undoEdit();
    expect(currentPlan()).toBe(samplePlan);
  });
});
