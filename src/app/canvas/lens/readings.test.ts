import { beforeEach, describe, expect, it } from 'vitest';
import { replaceOperator } from '../../../plan/edits.ts';
import { planHash } from '../../../plan/hash.ts';
import { emptyPlan, type Plan } from '../../../plan/plan.ts';
import { startDocument } from '../../../store/documentStore.ts';
import { useLensMeasures } from '../../../store/lensMeasures.ts';
import { startOfSession, useSession } from '../../../store/sessionStore.ts';
import { testModel } from '../../../store/testing.ts';
import { setCostTokens, setErrorBin, setLens, setSplit, useView } from '../../../store/viewStore.ts';
import type { RunProgress, RunSummary, SlotProgress } from '../../../workers/protocol.ts';
import { levelOf, readingsNow } from './readings.ts';

const startView = useView.getState();
const startMeasures = useLensMeasures.getState();
const plan: Plan = replaceOperator(emptyPlan(testModel.id), ['blocks.1.attn', 'blocks.3.attn'], {
  operator: 'hyena_x',
  config: { taps: 4 },
});

function progress(slot: SlotProgress['slot'], error: number): SlotProgress {
  const byTimestep = Array.from({ length: 10 }, (_, bin) => error * (bin + 1));
  return {
    slot,
    state: 'done',
    step: 10,
    error: error * 2,
    bestError: error,
    initial: { random: 1, inherit: 0.5 },
    chosen: 'inherit',
    byTimestep,
  };
}

const run: RunProgress = {
  planHash: planHash(plan),
  phase: 'stage1',
  state: 'running',
  step: 10,
  steps: 20,
  slots: [progress('blocks.1.attn', 0.01), progress('blocks.3.attn', 0.08)],
  millisecondsPerStep: null,
  etaSeconds: null,
  flops: 0,
  flopsShare: null,
  savedAt: null,
};

beforeEach(() => {
  useView.setState(startView, true);
  useLensMeasures.setState(startMeasures, true);
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  startDocument(plan, 'start');
});

const of = (slot: SlotProgress['slot'], side: 'only' | 'left' | 'right' = 'only') =>
  readingsNow().sides.get(side)?.get(slot);

describe('readings', () => {
  it('are none in the structure lens', () => {
    expect(readingsNow().lens).toBeNull();
    expect(readingsNow().sides.size).toBe(0);
  });

  it('of cost are those of the closed form, at any length', () => {
    setLens('cost');
    const D = testModel.config.width;
    expect(of('blocks.0.attn')?.value).toBe(4 * 64 * D * D + 2 * 64 * 64 * D);
    setCostTokens(4096);
    expect(of('blocks.0.attn')?.value).toBe(4 * 4096 * D * D + 2 * 4096 * 4096 * D);
    expect(of('blocks.1.attn')?.value).toBe(4 * 4096 * D * D + 13 * 4096 * D);
    expect([of('blocks.0.attn')?.level, of('blocks.1.attn')?.level]).toEqual([4, 1]);
  });

  it('keep their identity until something that they show changes', () => {
    setLens('cost');
    const before = readingsNow();
    const slot = of('blocks.2.attn');
    useView.setState({ selection: ['blocks.1.attn'], hoveredSeries: 'x' });
    expect(readingsNow()).toBe(before);
    useSession.setState({ run, runPlan: plan });
    expect(of('blocks.2.attn')).toBe(slot);
  });

  it('of error follow the run, in all or by timestep, where the slot is still what was trained', () => {
    setLens('error');
    expect(readingsNow().range).toBeNull();
    useSession.setState({ run, runPlan: plan });
    expect(of('blocks.1.attn')).toMatchObject({ value: 0.01, level: 1, text: '0.010' });
    expect(of('blocks.3.attn')).toMatchObject({ value: 0.08, level: 4 });
    expect(of('blocks.0.attn')).toBeUndefined();
    setErrorBin(9);
    expect(of('blocks.1.attn')?.value).toBeCloseTo(0.1, 12);
    const other = replaceOperator(plan, ['blocks.3.attn'], { operator: 'hyena_x', config: { taps: 8 } });
    startDocument(other, 'other taps');
    expect(of('blocks.3.attn')).toBeUndefined();
    expect(of('blocks.1.attn')).toBeDefined();
  });

  it('of drift are those of the finished run', () => {
    const summary: RunSummary = {
      ...run,
      phase: 'done',
      state: 'finished',
      distanceBase: null,
      distanceStage1: null,
      distanceGraft: null,
      heldOutLoss: { afterStage1: null, best: null },
      seconds: 1,
      drift: { 'blocks.0.attn': 0.001, 'blocks.1.attn': 0.2 },
    };
    setLens('drift');
    expect(readingsNow().range).toBeNull();
    useSession.setState({ summaries: { [run.planHash]: summary } });
    expect(of('blocks.1.attn')).toMatchObject({ value: 0.2, level: 4 });
    expect(of('blocks.0.attn')).toMatchObject({ value: 0.001, level: 1 });
  });

  it('of locality are about attention alone', () => {
    setLens('locality');
    const slots = Array.from({ length: 8 }, (_, block) => ({
      slot: `blocks.${block}.attn` as const,
      score: block / 10,
      map: new Float32Array(64 * 64),
    }));
    const value = { k: 8, tokens: 64, uniform: 0.25, images: 128, slots };
    useLensMeasures.setState({ model: testModel.id, locality: { state: 'done', value } });
    expect(of('blocks.7.attn')).toMatchObject({ text: '70 %', level: 4 });
    expect(of('blocks.7.mlp')).toBeUndefined();
  });

  it('of both halves of a split share one scale', () => {
    setLens('cost');
    setSplit({ left: { label: 'base', slots: {} }, right: { label: 'plan', slots: null } });
    setCostTokens(4096);
    expect(of('blocks.1.attn', 'left')?.level).toBe(4);
    expect(of('blocks.1.attn', 'right')?.level).toBe(1);
  });
});

describe('levelOf', () => {
  it('steps in equal differences or equal ratios', () => {
    const levels = (scale: 'linear' | 'log') =>
      [1, 20, 200, 2000, 10000].map((value) => levelOf(value, { low: 1, high: 10000 }, scale));
    expect(levels('linear')).toEqual([1, 1, 1, 1, 4]);
    expect(levels('log')).toEqual([1, 2, 3, 4, 4]);
    expect(levelOf(3, { low: 3, high: 3 }, 'linear')).toBe(1);
  });
});
