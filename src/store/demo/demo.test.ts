import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyPlan } from '../../plan/plan.ts';
import { planToFragment } from '../../plan/url.ts';
import { memoryStore } from '../../storage/memoryStore.ts';
import type { StoredRun } from '../../workers/protocol.ts';
import type { Desk } from '../autosave.ts';
import { bundledBase, currentPlan, startDocument, undoEdit, useDocument } from '../documentStore.ts';
import { keepResults, usePlanResults } from '../planResults.ts';
import { startOfSession, useSession } from '../sessionStore.ts';
import { scriptedTrainer, testModel } from '../testing.ts';
import { endTour, nextMark, useTour } from '../tour.ts';
import { connectTrainer, hasWeights, openModel } from '../trainerSession.ts';
import { useDemo } from './demo.ts';
import { demoToJson, parseDemo } from './demoFile.ts';
import { isFirstVisit } from './firstVisit.ts';
import { greet } from './showDemo.ts';

const read = async (name: string) => new Uint8Array(await readFile(`public/demo/${name}`));
const bundled = { ...testModel, id: bundledBase };
const stored = async () => parseDemo(JSON.parse(await readFile('public/demo/demo.json', 'utf8')));

beforeEach(() => {
  useSession.setState(startOfSession);
  useDemo.setState({ demo: null, strips: { base: null, graft: null }, weightsSavedAt: null });
  usePlanResults.setState({ byHash: new Map() });
  startDocument(emptyPlan(bundledBase), 'Pretrained model');
  endTour();
  vi.stubGlobal('fetch', async (url: URL) => new Response(await read(`${url.pathname.split('/').at(-1)}`)));
  vi.stubGlobal('document', { baseURI: 'http://localhost/' });
});

describe('the demo file', () => {
  it('holds a finished run with curves of every slot and of stage 2', async () => {
    const { plan, points, summary } = await stored();
    const series = new Set(points.map((point) => point.series));
    expect([...series].sort()).toEqual([...Object.keys(plan.slots), 'stage2'].sort());
    expect(summary.slots.map(({ slot }) => slot).sort()).toEqual(Object.keys(plan.slots).sort());
    expect(Object.keys(summary.drift ?? {})).toHaveLength(16);
    expect(summary.distanceSamples).toBeGreaterThan(0);
    expect(summary.distanceGraft).not.toBeNull();
  });

  it('reads back what it writes', async () => {
    const demo = await stored();
    expect(parseDemo(JSON.parse(JSON.stringify(demoToJson(demo))))).toEqual(demo);
  });

  it('is refused where its plan is not the one that was run', async () => {
    const json = JSON.parse(await readFile('public/demo/demo.json', 'utf8'));
    expect(() => parseDemo({ ...json, plan: { ...json.plan, seed: 1 } })).toThrow(
      'The demo was made for a plan of another version; make it again from a new run with npm run demo.',
    );
  });
});

describe('a first visit', () => {
  const desk = (stored: Record<string, string>, fragment = ''): Desk => ({
    storage: { getItem: (key) => stored[key] ?? null, setItem: () => undefined },
    fragment: () => fragment,
    setFragment: () => undefined,
  });

  it('is one without a stored plan and without a plan in the address', () => {
    expect(isFirstVisit(desk({}))).toBe(true);
    expect(isFirstVisit(desk({ 'scion.plan': '{}' }))).toBe(false);
    expect(isFirstVisit(desk({}, `#${planToFragment(emptyPlan(bundledBase))}`))).toBe(false);
    expect(isFirstVisit(desk({}, '#plan=%7Bdamaged'))).toBe(false);
  });

  it('shows plan, figures, curves and pictures without a trainer, and the tour', async () => {
    await greet(read);
    const demo = await stored();
    expect(currentPlan()).toEqual(demo.plan);
    const { run, curves, strips, summaries } = useSession.getState();
    expect(summaries[demo.hash]?.distanceGraft).toBe(demo.summary.distanceGraft);
    expect(summaries[demo.hash]).toBe(run);
    expect(curves.get('stage2')?.points).toHaveLength(demo.plan.stage2.steps);
    expect(strips.graft?.frames[0]?.pixels.length).toBe(16 * 32 * 32);
    expect(strips.base?.frames[0]?.pixels).not.toEqual(strips.graft?.frames[0]?.pixels);
    const { opening } = useSession.getState();
    expect(opening.state === 'ready' && opening.model.config.depth).toBe(8);
    expect(opening.state === 'ready' && opening.model.limits?.training).toMatch(/still being read/);
    expect(useTour.getState().at).toBe(0);
    undoEdit();
    expect(currentPlan()).toEqual(emptyPlan(bundledBase));
  });

  it('leaves a plan that a person made meanwhile', async () => {
    const own = { ...emptyPlan(bundledBase), seed: 7 };
    const { editPlan } = await import('../documentStore.ts');
    editPlan({ plan: own, label: 'Seed 7' });
    const before = useDocument.getState().history;
    await greet(read);
    expect(useDocument.getState().history).toBe(before);
    expect(useTour.getState().at).toBeNull();
  });

  it('opens with the bare base where the demo is missing', async () => {
    await greet(() => Promise.reject(new Error('offline')));
    expect(currentPlan()).toEqual(emptyPlan(bundledBase));
  });
});

describe('the demo and the trainer', () => {
  it('leaves a result that this browser trained', async () => {
    const demo = await stored();
    const own: StoredRun = {
      planHash: demo.hash,
      plan: demo.plan,
      finished: true,
      phase: 'done',
      step: 9,
      steps: 9,
      savedAt: 99,
      bytes: 1,
      summary: { ...demo.summary, distanceGraft: 1 },
      points: demo.points.slice(0, 3),
    };
    const trainer = scriptedTrainer({ open: () => bundled, runs: () => [own] });
    connectTrainer(trainer.start);
    await greet(read);
    await openModel({ kind: 'bundled' });
    expect(trainer.asked.map(({ kind }) => kind)).not.toContain('import');
    expect(useSession.getState().summaries[demo.hash]?.distanceGraft).toBe(1);
    expect(useSession.getState().storedRuns[0]?.points).toHaveLength(3);
  });

  it('stores its weights once, draws with them, and keeps its figures with them', async () => {
    const demo = await stored();
    let runs: StoredRun[] = [];
    const imported: StoredRun = {
      planHash: demo.hash,
      plan: demo.plan,
      finished: true,
      phase: 'done',
      step: 0,
      steps: 0,
      savedAt: 1234,
      bytes: 1,
      summary: { ...demo.summary, slots: [], distanceGraft: null },
      points: [],
    };
    const trainer = scriptedTrainer({
      open: () => bundled,
      runs: () => runs,
      import: () => {
        runs = [imported];
        return { kind: 'model', plan: demo.plan, weights: true, sentence: '' };
      },
    });
    connectTrainer(trainer.start);
    const store = memoryStore();
    const stop = await keepResults(store);
    await greet(read);
    expect(hasWeights(demo.plan)).toBe(false);
    expect((await store.list()).map(({ name }) => name)).toEqual([]);
    const seen: string[] = [];
    const stopLooking = useSession.subscribe(({ opening }) => void seen.push(opening.state));
    await openModel({ kind: 'bundled' });
    stopLooking();
    stop();
    // The graph of the header stays until the model is there.
    expect(new Set(seen)).toEqual(new Set(['ready']));
    expect(useSession.getState().opening).toEqual({ state: 'ready', model: bundled });
    expect(hasWeights(demo.plan)).toBe(true);
    expect(useSession.getState().storedRuns[0]?.points).toHaveLength(demo.points.length);
    expect(useSession.getState().summaries[demo.hash]?.distanceGraft).toBe(demo.summary.distanceGraft);
    const kinds = trainer.asked.map((request) =>
      request.kind === 'sample' ? `sample ${request.job.which}` : request.kind,
    );
    expect(kinds).toEqual(['open', 'runs', 'import', 'runs', 'runs', 'sample base', 'sample graft']);
    await openModel({ kind: 'bundled' });
    expect(trainer.asked.filter(({ kind }) => kind === 'import')).toHaveLength(1);
  });
});

describe('the tour', () => {
  it('ends after its last mark', () => {
    useTour.setState({ at: 0, takesFocus: false });
    nextMark();
    nextMark();
    expect(useTour.getState().at).toBe(2);
    nextMark();
    expect(useTour.getState().at).toBeNull();
  });
});
