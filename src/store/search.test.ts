// The search over plans from the page's side: prices, front and budget on the real operators, and the talk with the trainer.
import { beforeEach, describe, expect, it } from 'vitest';
import { replaceOperator } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import { emptyPlan } from '../plan/plan.ts';
import { type Candidate, candidateKey } from '../plan/search/candidate.ts';
import { allSlots, slotKind } from '../plan/slots.ts';
import type { Sensitivities, Sensitivity } from '../workers/protocol.ts';
import { planCost } from './costs.ts';
import { currentPlan, startDocument, undoEdit } from './documentStore.ts';
import { changeIn, keepFound, receiveSensitivity, setBudget, startOfSearch, useSearch } from './search.ts';
import { chosenCandidates, planAt, priceOf, searchPlans, standingOf } from './searchPlans.ts';
import {
  checkFinishedRuns,
  loadPoint,
  measureSensitivities,
  recallSensitivities,
  replaceSafest,
  toggleCandidate,
} from './searchSession.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { scriptedTrainer, testModel } from './testing.ts';
import { connectTrainer } from './trainerSession.ts';

const shape = testModel.config;
const slots = allSlots(shape.depth);
const window: Candidate = { operator: 'swa', config: { window: 4, shape: 'raster' } };
const narrow: Candidate = { operator: 'mlp', config: { ratio: 3 } };

/** Deeper slots mind more; MLPs mind more than attention. */
function measured(candidate: Candidate, kind: 'sequence' | 'channel'): Sensitivity[] {
  return slots
    .filter((slot) => slotKind(slot) === kind)
    .map((slot, block) => ({
      slot,
      candidate,
      change: (kind === 'sequence' ? 0.01 : 0.02) * (block + 1),
      byTimestep: [],
      initialisation: 'inherit',
      slotError: 0.1,
    }));
}

const everything: Sensitivities = {
  found: [...measured(window, 'sequence'), ...measured(narrow, 'channel')],
  times: [
    { candidate: window, kind: 'sequence', batch: 16, teacherMs: 4, operatorMs: 3 },
    { candidate: narrow, kind: 'channel', batch: 16, teacherMs: 8, operatorMs: 6.4 },
  ],
  base: { batch: 16, milliseconds: 160 },
  complete: true,
};

beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  useSearch.setState(startOfSearch);
  startDocument(emptyPlan(testModel.id), 'start');
});

describe('candidates', () => {
  it('are by default the operators that save multiply-adds', () => {
    expect(chosenCandidates(shape, null).map(({ operator, config }) => [operator, config])).toEqual([
      ['swa', { window: 4, shape: 'raster' }],
      ['hyena_se', { taps: 4 }],
      ['hyena_x', { taps: 4 }],
      ['hyena_y', { taps: 4 }],
      ['mlp', { ratio: 3 }],
      ['mlp', { ratio: 2 }],
    ]);
  });
});

describe('prices', () => {
  const one = replaceOperator(emptyPlan(testModel.id), ['blocks.2.attn', 'blocks.3.mlp'], window);
  const plan = replaceOperator(one, ['blocks.3.mlp'], narrow);

  it('are the costs that the rest of the program counts', () => {
    const cost = planCost(shape, plan);
    const macs = priceOf(shape, { kind: 'macs', side: null }, useSearch.getState());
    expect(standingOf(plan, macs, new Map()).cost).toBe(cost.macs);
    const parameters = priceOf(shape, { kind: 'parameters', side: null }, useSearch.getState());
    expect(standingOf(plan, parameters, new Map()).cost).toBe(cost.parameters);
  });

  it('show that attention is a small share at 64 tokens and a large one at 4,096', () => {
    const share = (side: number | null) => {
      const price = priceOf(shape, { kind: 'macs', side }, useSearch.getState());
      return (
        slots
          .filter((slot) => slotKind(slot) === 'sequence')
          .reduce((sum, slot) => sum - (price?.added(slot, window) ?? 0), 0) / (price?.base ?? 1)
      );
    };
    expect(share(null)).toBeLessThan(0.08);
    expect(share(64)).toBeGreaterThan(0.8);
  });

  it('are measured milliseconds for latency, and nothing before they are measured', () => {
    expect(priceOf(shape, { kind: 'latency', side: null }, useSearch.getState())).toBeNull();
    keepFound(everything);
    const price = priceOf(shape, { kind: 'latency', side: null }, useSearch.getState());
    expect(price?.base).toBe(10_000_000);
    expect(price?.added('blocks.0.attn', window)).toBe(-62_500);
    expect(price?.added('blocks.0.attn', { operator: 'hyena_x', config: { taps: 4 } })).toBeUndefined();
  });
});

describe('the search', () => {
  it('buys the least predicted change that meets the budget', () => {
    keepFound(everything);
    const search = searchPlans(shape, useSearch.getState());
    if (!search || search.best === null) throw new Error('nothing was found');
    const plan = planAt(search, search.best, currentPlan());
    const standing = standingOf(plan, search.price, useSearch.getState().sensitivities);
    expect(standing.cost).toBeLessThanOrEqual(search.limit);
    expect(standing.cost).toBe(planCost(shape, plan).macs);
    const point = search.front.points[search.best];
    expect(standing.predicted).toBeCloseTo(Math.sqrt(point?.damage ?? Number.NaN), 12);
    expect(search.shown).toContain(search.best);
    expect(search.front.slack).toBe(0);
    // Ten percent are out of reach of attention alone: MLPs are among the slots.
    expect(Object.keys(plan.slots).some((slot) => slot.endsWith('mlp'))).toBe(true);
  });

  it('says when no plan is small enough', () => {
    keepFound(everything);
    setBudget({ saving: 60 });
    const search = searchPlans(shape, useSearch.getState());
    expect(search?.best).toBeNull();
    expect(search?.front.points[0]?.cost).toBeLessThan(0);
  });

  it('has nothing to say before anything is measured', () => {
    expect(searchPlans(shape, useSearch.getState())).toBeNull();
  });
});

describe('with the trainer', () => {
  const scripted = (reply: Sensitivities = everything) =>
    scriptedTrainer({
      sensitivity: () => reply,
      outputChange: ({ of }) => ({
        change: of === 'start' ? 0.2 : 0.05,
        byTimestep: [],
        weights: of === 'start' ? 'untrained' : 'trained',
      }),
    });

  it('asks for the chosen candidates on every slot and keeps what comes', async () => {
    const trainer = scripted();
    connectTrainer(trainer.start);
    await measureSensitivities();
    const [asked] = trainer.asked;
    expect(asked).toMatchObject({ kind: 'sensitivity', effort: 'measure', slots });
    expect(asked?.kind === 'sensitivity' && asked.candidates).toHaveLength(6);
    expect(useSearch.getState().job).toEqual({ state: 'rest' });
    expect(changeIn(useSearch.getState().sensitivities)('blocks.1.attn', window)).toBeCloseTo(0.02);
  });

  it('shows progress while it measures and a sentence when it fails', async () => {
    connectTrainer(
      scriptedTrainer({
        sensitivity: () => {
          receiveSensitivity({ ...everything, done: 3, all: 9, candidate: window });
          expect(useSearch.getState().job).toMatchObject({ state: 'measuring', done: 3, all: 9 });
          throw new Error('The device is gone.');
        },
      }).start,
    );
    await measureSensitivities();
    expect(useSearch.getState().job).toEqual({ state: 'failed', sentence: 'The device is gone.' });
    expect(useSearch.getState().sensitivities.size).toBe(16);
  });

  it('forgets what belongs to another model', async () => {
    connectTrainer(scripted().start);
    await recallSensitivities();
    expect(useSearch.getState().sensitivities.size).toBe(16);
    connectTrainer(scripted({ found: [], times: [], base: null, complete: false }).start);
    useSession.setState({ opening: { state: 'ready', model: { ...testModel, label: 'Another' } } });
    await recallSensitivities();
    expect(useSearch.getState().sensitivities.size).toBe(0);
  });

  it('takes candidates out and puts them back', async () => {
    connectTrainer(scripted().start);
    toggleCandidate(window);
    expect(chosenCandidates(shape, useSearch.getState().chosen)).not.toContainEqual(window);
    toggleCandidate(window);
    expect(chosenCandidates(shape, useSearch.getState().chosen)).toContainEqual(window);
  });

  it('measures finished runs once, before and after', async () => {
    const trainer = scripted();
    connectTrainer(trainer.start);
    const plan = replaceOperator(emptyPlan(testModel.id), ['blocks.0.attn'], window);
    const run = {
      planHash: planHash(plan),
      plan,
      finished: true,
      phase: 'done' as const,
      step: 1,
      steps: 1,
      savedAt: 5,
      bytes: 1,
      summary: null,
      points: [],
    };
    useSession.setState({ storedRuns: [run, { ...run, planHash: 'other', finished: false }] });
    await checkFinishedRuns();
    await checkFinishedRuns();
    expect(trainer.asked.map(({ kind }) => kind)).toEqual(['outputChange', 'outputChange']);
    expect(useSearch.getState().changes[run.planHash]).toMatchObject({ start: 0.2, trained: 0.05 });
    // A new run of the same plan is measured again.
    useSession.setState({ storedRuns: [{ ...run, savedAt: 6 }] });
    await checkFinishedRuns();
    expect(trainer.asked).toHaveLength(4);
  });
});

describe('edits', () => {
  it('load a point in one step and take it back in one', () => {
    keepFound(everything);
    const search = searchPlans(shape, useSearch.getState());
    if (!search || search.best === null) throw new Error('nothing was found');
    expect(loadPoint(search, search.best, '10 % fewer MACs')).toBe(true);
    expect(currentPlan()).toEqual(planAt(search, search.best, emptyPlan(testModel.id)));
    expect(loadPoint(search, search.best, '10 % fewer MACs')).toBe(false);
    undoEdit();
    expect(currentPlan().slots).toEqual({});
  });

  it('put a candidate on the slots that mind it least', () => {
    keepFound(everything);
    expect(replaceSafest(window, 3)).toBe(true);
    expect(Object.keys(currentPlan().slots)).toEqual(['blocks.0.attn', 'blocks.1.attn', 'blocks.2.attn']);
    undoEdit();
    expect(currentPlan().slots).toEqual({});
    expect(replaceSafest({ operator: 'hyena_x', config: { taps: 4 } }, 3)).toBe(false);
    expect(candidateKey(window)).not.toBe(candidateKey(narrow));
  });
});
