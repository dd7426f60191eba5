// The request handler itself, as the page meets it, with a real engine and real training.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { memoryStore } from '../../storage/memoryStore.ts';
import type { RecordStore } from '../../storage/recordStore.ts';
import { decodeCheckpoint } from '../../train/graft/checkpoint.ts';
import type { SampleFrame, SampleJob, TrainerEvent } from '../protocol.ts';
import { drawnIntervals } from './paced.ts';
import { type TestTrainer, testBench, tinyFile, tinyPlan, tinyShape } from './testing.ts';

const { testTrainer, openedTrainer } = testBench((path) =>
  readFile(new URL(`../../../public/${path}`, import.meta.url)),
);

const hash = planHash(tinyPlan);

function job(which: SampleJob['which'], rest: Partial<SampleJob> = {}): SampleJob {
  const classes = [0, 1, 2];
  const common = { plan: tinyPlan, seed: 5, classes, guidance: 2, steps: 4, sampler: 'ddim' } as const;
  return { jobId: `${which}-job`, which, ...common, ...rest };
}

/** Frames may follow the reply, to keep the pace of messages. */
async function framesOf(trainer: TestTrainer, jobId: string, count: number): Promise<SampleFrame[]> {
  const all = () =>
    trainer.events.flatMap((event) =>
      event.kind === 'frame' && event.frame.jobId === jobId ? [event.frame] : [],
    );
  await trainer.event('frame', () => all().length === count);
  return all().sort((a, b) => a.step - b.step);
}

async function lastFrame(trainer: TestTrainer, sample: SampleJob): Promise<number[]> {
  await trainer.ask({ kind: 'sample', job: sample });
  const frames = await framesOf(trainer, sample.jobId, sample.steps);
  return Array.from(frames.at(-1)?.pixels ?? []);
}

async function resultIn(store: RecordStore, plan: Plan) {
  const bytes = await store.read(`result-${planHash(plan)}`);
  if (!bytes) throw new Error('no result is stored');
  return decodeCheckpoint(bytes);
}

const shorter = (plan: Plan): Plan => ({ ...plan, stage2: { ...plan.stage2, steps: 0 } });

describe('opening', () => {
  it('tells what the model is and that nothing is stored yet', async () => {
    const trainer = testTrainer();
    const info = await trainer.ask({ kind: 'open', source: { kind: 'bundled' }, engine: 'auto' });
    expect(info.config).toEqual(tinyShape);
    expect(info.classNames[9]).toBe('Ankle boot');
    expect(info.engine).toMatch(/ONNX Runtime .* CPU/);
    expect(await trainer.ask({ kind: 'runs' })).toEqual([]);
  });

  it('refuses work before a model is open, and plans that are none', async () => {
    const trainer = testTrainer();
    await expect(trainer.ask({ kind: 'sample', job: job('base') })).rejects.toThrow(
      'No model is open yet; wait until it is, or reload the page.',
    );
    await trainer.ask({ kind: 'open', source: { kind: 'bundled' }, engine: 'auto' });
    const slots = { 'blocks.0.attn': { operator: 'warp', config: {}, initialisation: 'auto' as const } };
    await expect(trainer.ask({ kind: 'graft', plan: { ...tinyPlan, slots }, resume: false })).rejects.toThrow(
      /Block 0 attention asks for the operator "warp", which this Scion does not have/,
    );
    await expect(
      trainer.ask({ kind: 'graft', plan: { ...tinyPlan, base: 'other' }, resume: false }),
    ).rejects.toThrow(/This plan grafts the model "other"/);
    await expect(
      trainer.ask({ kind: 'graft', plan: { ...tinyPlan, slots: {} }, resume: false }),
    ).rejects.toThrow('This plan changes nothing; drop an operator on a slot of the model first.');
    await expect(trainer.ask({ kind: 'sample', job: job('base', { classes: [3, 11] }) })).rejects.toThrow(
      "Class 11 is none of the model's: they run from 0 to 9, and 10 is no class.",
    );
    await expect(trainer.ask({ kind: 'sample', job: job('base', { steps: 0 }) })).rejects.toThrow(
      'Sampling takes 1 to 1000 denoising steps, got 0.',
    );
  });

  it('takes a checkpoint from a file as the model, under a name of its own, and refuses others', async () => {
    const trainer = testTrainer();
    const source = {
      kind: 'file',
      file: new File([Uint8Array.from(tinyFile())], 'my dit.safetensors'),
    } as const;
    const info = await trainer.ask({ kind: 'open', source, engine: 'auto' });
    expect(info).toMatchObject({ config: tinyShape, label: 'my dit.safetensors', note: null });
    expect(info.id).toMatch(/^my dit-[0-9a-f]{8}$/);
    const plan = { ...tinyPlan, base: info.id };
    expect((await trainer.ask({ kind: 'sample', job: job('graft', { plan }) })).weights).toBe('untrained');
    const file = await trainer.ask({ kind: 'export', plan, format: 'safetensors' });
    const grafted = { kind: 'file', file: new File([file.blob], 'graft.safetensors') } as const;
    await expect(trainer.ask({ kind: 'open', source: grafted, engine: 'auto' })).rejects.toThrow(
      'graft.safetensors is already grafted, not a model to graft on; drop it on the window while its base model is open.',
    );
    // The model before is still open.
    expect((await trainer.ask({ kind: 'sample', job: job('base', { plan }) })).finished).toBe(true);
  });

  it('says which file is missing', async () => {
    const missing = () => Promise.reject(new UserError('dit.safetensors could not be fetched.'));
    const trainer = testTrainer({ read: (path) => (path.startsWith('models/') ? missing() : undefined) });
    await expect(trainer.ask({ kind: 'open', source: { kind: 'bundled' }, engine: 'auto' })).rejects.toThrow(
      'dit.safetensors could not be fetched.',
    );
  });
});

describe('pictures', () => {
  it('come once a step, equal for equal seeds, in any number and whatever their company', async () => {
    const trainer = await openedTrainer();
    const few = job('base', { jobId: 'few' });
    const reply = await trainer.ask({ kind: 'sample', job: few });
    expect(reply).toMatchObject({ jobId: 'few', finished: true, weights: 'pretrained' });
    const frames = await framesOf(trainer, 'few', 4);
    expect(frames.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(frames[0]?.pixels).toHaveLength(3 * 32 * 32);
    const classes = Array.from({ length: 19 }, (_, i) => i % 10);
    const many = await lastFrame(trainer, job('base', { jobId: 'many', classes }));
    expect(many).toHaveLength(19 * 32 * 32);
    const first = Array.from(frames.at(-1)?.pixels ?? []);
    const differing = first.filter((pixel, i) => Math.abs(pixel - (many[i] ?? 0)) > 1);
    expect(differing).toEqual([]);
    expect(new Set(first).size).toBeGreaterThan(20);
  });

  it('of an untrained graft start from the measured initial weights, and say so', async () => {
    const trainer = await openedTrainer();
    const reply = await trainer.ask({ kind: 'sample', job: job('graft') });
    expect(reply.weights).toBe('untrained');
    const graft = (await framesOf(trainer, 'graft-job', 4)).at(-1);
    const base = await lastFrame(trainer, job('base'));
    expect(Array.from(graft?.pixels ?? [])).not.toEqual(base);
  });

  it('stop when asked to, and the next ones are drawn', async () => {
    const trainer = await openedTrainer();
    const long = trainer.ask({ kind: 'sample', job: job('base', { jobId: 'long', steps: 500 }) });
    await trainer.event('frame', ({ frame }) => frame.jobId === 'long');
    await trainer.ask({ kind: 'stopSample', jobId: 'long' });
    expect(await long).toMatchObject({ finished: false });
    expect((await trainer.ask({ kind: 'sample', job: job('base') })).finished).toBe(true);
  });
});

describe('a run', () => {
  it('trains, is scored, stored, listed, drawn with its weights, and deleted', async () => {
    const store = memoryStore();
    const trainer = await openedTrainer({ store });
    const summary = await trainer.ask({ kind: 'graft', plan: tinyPlan, resume: false });
    expect(summary).toMatchObject({ state: 'finished', phase: 'done', planHash: hash });
    expect(summary.distanceBase).toBeGreaterThan(0);
    expect(summary.distanceGraft).toBeGreaterThan(0);
    expect(summary.distanceSamples).toBe(256);
    const [stored, ...others] = await trainer.ask({ kind: 'runs' });
    expect(others).toEqual([]);
    expect(stored).toMatchObject({ planHash: hash, finished: true, plan: tinyPlan, summary });
    const points = trainer.events.flatMap((event) => (event.kind === 'points' ? event.points : []));
    expect(stored?.points).toEqual(points);
    const stage2 = points.filter(({ series }) => series === 'stage2').map(({ step }) => step);
    expect(stage2).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
    // Another visit, the same storage: the result is found.
    const later = await openedTrainer({ store });
    const drawn = await later.ask({ kind: 'sample', job: job('graft') });
    expect(drawn.weights).toBe('trained');
    const scored = await later.ask({ kind: 'distance', plan: tinyPlan, samples: 256 });
    expect(scored.base).toBe(summary.distanceBase);
    expect(scored.graft).toBeCloseTo(summary.distanceGraft ?? Number.NaN, 3);
    await later.ask({ kind: 'deleteRun', planHash: hash });
    expect(await later.ask({ kind: 'runs' })).toEqual([]);
  });

  it('that is paused rests, draws its best so far meanwhile, and goes on', async () => {
    const store = memoryStore();
    const trainer = await openedTrainer({ store });
    const run = trainer.ask({ kind: 'graft', plan: tinyPlan, resume: false });
    await trainer.event('progress', ({ progress }) => progress.phase === 'stage1' && progress.step >= 2);
    await trainer.ask({ kind: 'pause' });
    await trainer.event('progress', ({ progress }) => progress.state === 'paused');
    expect((await trainer.ask({ kind: 'sample', job: job('graft') })).weights).toBe('unfinished');
    await expect(trainer.ask({ kind: 'graft', plan: tinyPlan, resume: false })).rejects.toThrow(
      'A graft is already running; pause or cancel it before another one starts.',
    );
    await expect(trainer.ask({ kind: 'deleteRun', planHash: hash })).rejects.toThrow(/cancel it before/);
    const [saved] = await trainer.ask({ kind: 'runs' });
    expect(saved).toMatchObject({ finished: false, phase: 'stage1' });
    const steps = () =>
      trainer.events.flatMap((event) => (event.kind === 'points' ? event.points : [])).length;
    const before = steps();
    const { step } = trainer.events.findLast((event) => event.kind === 'progress')?.progress ?? {};
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(steps()).toBe(before);
    // It is called paused when it rests, at the step that it rests at.
    const told = trainer.events.flatMap((event) => (event.kind === 'progress' ? [event.progress] : []));
    const held = told.filter(({ state }) => state === 'paused');
    expect(new Set(held.map((progress) => progress.step))).toEqual(new Set([step]));
    await trainer.ask({ kind: 'continue' });
    expect((await run).state).toBe('finished');
  });

  it('that is cancelled keeps its best weights', async () => {
    const trainer = await openedTrainer();
    const run = trainer.ask({ kind: 'graft', plan: tinyPlan, resume: false });
    await trainer.event('progress', ({ progress }) => progress.phase === 'stage1' && progress.step >= 3);
    await trainer.ask({ kind: 'cancel' });
    const summary = await run;
    expect(summary.state).toBe('cancelled');
    expect(summary.step).toBeLessThan(120);
    expect(summary.distanceGraft).toBeNull();
    expect((await trainer.ask({ kind: 'sample', job: job('graft') })).weights).toBe('trained');
    expect((await trainer.ask({ kind: 'runs' }))[0]).toMatchObject({ finished: true });
  });

  it('that is cancelled before its first step ends at once and leaves nothing', async () => {
    const trainer = await openedTrainer();
    const run = trainer.ask({ kind: 'graft', plan: tinyPlan, resume: false });
    await trainer.event('progress', ({ progress }) => progress.phase === 'prepare');
    await trainer.ask({ kind: 'cancel' });
    await expect(run).rejects.toThrow(
      'The graft was cancelled before its first step; there is nothing to keep yet.',
    );
    expect(await trainer.ask({ kind: 'runs' })).toEqual([]);
    expect((await trainer.ask({ kind: 'sample', job: job('base') })).finished).toBe(true);
  });

  it('lets pictures be drawn between its steps', async () => {
    const trainer = await openedTrainer();
    const long = { ...tinyPlan, stage1: { ...tinyPlan.stage1, steps: 3000 } };
    const run = trainer.ask({ kind: 'graft', plan: long, resume: false });
    const stepNow = () =>
      Math.max(0, ...trainer.events.map((event) => (event.kind === 'progress' ? event.progress.step : 0)));
    await trainer.event('progress', ({ progress }) => progress.step >= 2);
    const before = stepNow();
    expect(await trainer.ask({ kind: 'sample', job: job('base', { steps: 600 }) })).toMatchObject({
      finished: true,
    });
    const after = stepNow();
    expect(after).toBeGreaterThan(before);
    expect(after).toBeLessThan(3000);
    await trainer.ask({ kind: 'cancel' });
    await run;
  });

  it('that is left is resumed, and ends as if it had never been', async () => {
    const plan = tinyPlan;
    const whole = memoryStore();
    await (await openedTrainer({ store: whole })).ask({ kind: 'graft', plan, resume: false });
    for (const phase of ['stage1', 'stage2'] as const) {
      const store = memoryStore();
      const left = await openedTrainer({ store });
      void left.ask({ kind: 'graft', plan, resume: false });
      await left.event('progress', ({ progress }) => progress.phase === phase && progress.step >= 3);
      // The page is hidden and closed; this trainer never hears of the run again.
      await left.ask({ kind: 'pause' });
      await left.ask({ kind: 'flush' });
      const { savedAt } = (await left.event('progress', ({ progress }) => progress.state === 'paused'))
        .progress;
      expect(savedAt === null || savedAt > 0).toBe(true);
      const next = await openedTrainer({ store });
      const [offered] = await next.ask({ kind: 'runs' });
      expect(offered).toMatchObject({ finished: false, phase });
      const summary = await next.ask({ kind: 'graft', plan, resume: true });
      expect(summary.state).toBe('finished');
      const [expected, got] = [await resultIn(whole, plan), await resultIn(store, plan)];
      expect(got.points).toEqual(expected.points);
      for (const [name, tensor] of Object.entries(expected.result ?? {})) {
        const other = got.result?.[name]?.data ?? [];
        const deviations = Array.from(tensor.data, (value, i) => Math.abs(value - (other[i] ?? Number.NaN)));
        expect(Math.max(...deviations), name).toBeLessThan(1e-6);
      }
    }
  });
});

describe('trouble', () => {
  it('of a full disk costs nothing: the run goes on and its weights stay in memory', async () => {
    const inner = memoryStore();
    const full: RecordStore = {
      ...inner,
      write: async (name, bytes) => {
        if (bytes.length < 10_000) return inner.write(name, bytes);
        throw new UserError('"run" (1.0 MB) could not be saved: free some space.', { action: 'freeSpace' });
      },
    };
    const trainer = await openedTrainer({ store: full });
    const summary = await trainer.ask({ kind: 'graft', plan: shorter(tinyPlan), resume: false });
    expect(summary.state).toBe('finished');
    const { problem } = await trainer.event('problem');
    expect(problem).toMatchObject({ id: 'storage', action: 'freeSpace' });
    expect(problem.text).toBe(
      '"run" (1.0 MB) could not be saved: free some space. The run goes on and is kept until this page is closed.',
    );
    const drawn = await trainer.ask({ kind: 'sample', job: job('graft', { plan: shorter(tinyPlan) }) });
    expect(drawn.weights).toBe('trained');
  });

  it('of a missing classifier leaves the run without distances, and says why', async () => {
    const trainer = await openedTrainer({
      read: (path) =>
        path.includes('classifier') ? Promise.reject(new UserError('The classifier is away.')) : undefined,
    });
    const summary = await trainer.ask({ kind: 'graft', plan: shorter(tinyPlan), resume: false });
    expect(summary).toMatchObject({ state: 'finished', distanceBase: null, distanceGraft: null });
    const { problem } = await trainer.event('problem');
    expect(problem.text).toBe('The distance could not be measured: The classifier is away.');
  });

  it('of a lost device ends in a new one, and the run is resumed from its checkpoint', async () => {
    const { deviceError } = await import('../../engine/onnx/guard.ts');
    let engines = 0;
    const trainer = await openedTrainer({
      engine: (real) => {
        if (++engines > 1) return real;
        let runs = 0;
        return {
          ...real,
          compile: async (graph) => {
            const program = await real.compile(graph);
            const isTraining = [...graph.outputs.keys()].some((name) => name.includes('loss'));
            return {
              ...program,
              run: (feeds, into) => {
                if (isTraining && ++runs === 6)
                  throw deviceError('run this graph', new Error('device was lost'));
                return program.run(feeds, into);
              },
            };
          },
        };
      },
    });
    const failed = trainer.ask({ kind: 'graft', plan: shorter(tinyPlan), resume: false });
    await expect(failed).rejects.toMatchObject({
      message: 'The GPU was reset while Scion computed; what was saved is safe.',
      action: 'resume',
    });
    expect((await trainer.ask({ kind: 'runs' }))[0]).toMatchObject({ finished: false });
    const summary = await trainer.ask({ kind: 'graft', plan: shorter(tinyPlan), resume: true });
    expect(summary.state).toBe('finished');
    expect(engines).toBe(2);
  });

  it('of memory offers a smaller batch; WebAssembly that trapped gives up', async () => {
    let failure: Error = new RangeError('Array buffer allocation failed');
    const trainer = await openedTrainer({
      engine: (real) => ({ ...real, compile: () => Promise.reject(failure) }),
    });
    const small = { guidance: 1 };
    await expect(trainer.ask({ kind: 'sample', job: job('base', small) })).rejects.toMatchObject({
      action: 'smallerBatch',
    });
    expect(trainer.gaveUp).toEqual([]);
    failure = new UserError('ONNX Runtime could not run.', { cause: new WebAssembly.RuntimeError('trap') });
    await expect(trainer.ask({ kind: 'sample', job: job('base', small) })).rejects.toThrow(/could not run/);
    expect(trainer.gaveUp).toEqual([failure]);
  });
});

describe('measuring and files', () => {
  it('times base, graft and each changed slot', async () => {
    const trainer = await openedTrainer();
    const times = await trainer.ask({ kind: 'measure', plan: tinyPlan });
    expect(times.batch).toBe(16);
    expect(times.slots.map(({ slot }) => slot)).toEqual(['blocks.0.attn', 'blocks.1.mlp']);
    for (const ms of [times.baseMs, times.graftMs, ...times.slots.map((slot) => slot.operatorMs)]) {
      expect(ms).toBeGreaterThan(0);
    }
  });

  it('stops measuring distances when asked to', async () => {
    const trainer = await openedTrainer();
    const measuring = trainer.ask({ kind: 'distance', plan: tinyPlan, samples: 5000 });
    await trainer.event('scoring', ({ scoring }) => scoring.of === 'base' && scoring.done > 0);
    await trainer.ask({ kind: 'stopDistance' });
    await expect(measuring).rejects.toThrow('The measurement of the distance was stopped.');
  });

  for (const format of ['safetensors', 'onnx'] as const) {
    it(`exports a graft as ${format}, checked, and imports it with its weights`, async () => {
      const store = memoryStore();
      const trainer = await openedTrainer({ store });
      const plan = shorter(tinyPlan);
      const run = trainer.ask({ kind: 'graft', plan, resume: false });
      await trainer.event('progress', ({ progress }) => progress.step >= 5);
      await trainer.ask({ kind: 'cancel' });
      await run;
      const drawn = await lastFrame(trainer, job('graft', { plan }));
      const file = await trainer.ask({ kind: 'export', plan, format });
      expect(file.maxDeviation).toBeLessThan(1e-4);
      expect(file.weights).toBe('trained');
      expect(file.inputs).toBeGreaterThan(0);
      const elsewhere = await openedTrainer();
      const imported = await elsewhere.ask({
        kind: 'import',
        file: new File([file.blob], file.name),
      });
      expect(imported).toMatchObject({ kind: 'model', plan, weights: true });
      const again = await lastFrame(elsewhere, job('graft', { plan }));
      const differing = again.filter((pixel, i) => Math.abs(pixel - (drawn[i] ?? 0)) > 1);
      expect(differing).toEqual([]);
      expect((await elsewhere.ask({ kind: 'runs' }))[0]).toMatchObject({ finished: true });
    });
  }
});

describe('events', () => {
  it('come at most ten times a second of a kind, the pictures of a fast device too', async () => {
    const trainer = await openedTrainer({ drawnIntervals });
    const arrivals = new Map<TrainerEvent['kind'], number[]>();
    const { events } = trainer;
    const push = events.push.bind(events);
    events.push = (...more) => {
      for (const { kind } of more) arrivals.set(kind, [...(arrivals.get(kind) ?? []), performance.now()]);
      return push(...more);
    };
    const plan = shorter(tinyPlan);
    const run = trainer.ask({ kind: 'graft', plan, resume: false });
    await trainer.ask({ kind: 'sample', job: job('base', { jobId: 'paced', steps: 12 }) });
    await framesOf(trainer, 'paced', 12);
    await trainer.ask({ kind: 'cancel' });
    // On a busy machine the run may be cancelled before its first step, which it answers with a sentence.
    await Promise.allSettled([run]);
    for (const [kind, times] of arrivals) {
      const seconds = Math.max(1, ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000);
      expect(times.length / seconds, kind).toBeLessThanOrEqual(kind === 'problem' ? 100 : 12);
    }
  });
});

describe('the pace of runs', () => {
  it('leaves a quarter of the time to others when it is smooth, and gives the same result', async () => {
    const plan = shorter(tinyPlan);
    const trained = async (pace: 'full' | 'smooth') => {
      const store = memoryStore();
      const trainer = await openedTrainer({ store });
      await trainer.ask({ kind: 'pace', pace });
      await trainer.ask({ kind: 'graft', plan, resume: false });
      return resultIn(store, plan);
    };
    const [full, smooth] = [await trained('full'), await trained('smooth')];
    expect(smooth.result).toEqual(full.result);
  });

  it('is one of two', async () => {
    const trainer = await openedTrainer();
    // A page of another version may ask for anything.
    await expect(trainer.ask({ kind: 'pace', pace: 'fast' as 'full' })).rejects.toThrow(
      'The pace of runs is full or smooth, got "fast".',
    );
  });
});
