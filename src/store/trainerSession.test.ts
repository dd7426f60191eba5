import { beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { restoreTeacher } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import { emptyPlan } from '../plan/plan.ts';
import { samplePlan } from '../plan/testing.ts';
import type { RunProgress, RunSummary, StoredRun } from '../workers/protocol.ts';
import { currentPlan, editPlan, startDocument, undoEdit } from './documentStore.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { type Script, scriptedTrainer, testModel } from './testing.ts';
import {
  connectTrainer,
  exportModel,
  graft,
  importFile,
  openModel,
  resumeRun,
  sampleBoth,
  showResultsOf,
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

  it('marks the run as failed when the trainer dies, and offers a way on', async () => {
    const trainer = connect({});
    useSession.setState({ run: progress });
    trainer.crash('The trainer stopped.');
    const { run, problems } = useSession.getState();
    expect(run?.state).toBe('failed');
    expect(problems[0]).toMatchObject({ id: 'trainer-crashed', action: 'resume' });
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
  it('are drawn for the base alone while the plan has no weights', async () => {
    const trainer = connect({});
    await sampleBoth();
    expect(trainer.asked.map((request) => request.kind === 'sample' && request.job.which)).toEqual(['base']);
  });
});

describe('files', () => {
  it('are exported with their check', async () => {
    connect({
      export: () => ({
        name: 'a.onnx',
        bytes: new ArrayBuffer(4),
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

  it('open as one history entry', async () => {
    const imported = { ...samplePlan, seed: 3 };
    connect({ import: () => ({ kind: 'model', plan: imported, weights: false, sentence: 'Opened.' }) });
    await importFile(new File(['x'], 'a.safetensors'));
    expect(currentPlan()).toBe(imported);
    undoEdit();
    expect(currentPlan()).toBe(samplePlan);
  });
});
