import { describe, expect, it } from 'vitest';
import { emptyPlan, type SlotPlan } from '../../../plan/plan.ts';
import { appendPoints, noCurves } from '../../../store/curves.ts';
import { testModel } from '../../../store/testing.ts';
import type { CurvePoint, SlotProgress } from '../../../workers/protocol.ts';
import { baselinesOf } from './baselines.ts';
import { type CurveRun, colourOf, visibleRuns } from './curveRuns.ts';
import { curvesCsv } from './curvesCsv.ts';
import { readingOf } from './curveView.ts';
import { logTicks } from './plotOptions.ts';
import { positive, readings, sharedAxes, tileData, valueAt } from './tileData.ts';

const slot = 'blocks.0.attn';
const swa: SlotPlan = { operator: 'swa', config: { window: 4, shape: 'raster' }, initialisation: 'auto' };
const mha: SlotPlan = { operator: 'mha', config: {}, initialisation: 'inherit' };

function run(
  key: string,
  losses: readonly number[],
  held: SlotPlan = swa,
  rest: Partial<CurveRun> = {},
): CurveRun {
  const points = losses.map(
    (loss, step): CurvePoint => ({
      series: slot,
      step,
      loss,
      error: step % 2 === 0 ? loss / 10 : null,
    }),
  );
  return {
    key,
    plan: { ...emptyPlan('dit-test'), slots: { [slot]: held } },
    short: key.slice(0, 4),
    name: `name, of ${key}`,
    curves: appendPoints(noCurves, points),
    slots: [],
    afterStage1: null,
    savedAt: null,
    isCurrent: false,
    ...rest,
  };
}

const shown = run('a3f9', [4, 2, Number.NaN, 1], swa, { isCurrent: true });
const earlier = run('7c21', [8, 6]);
const wanted = { series: slot, metric: 'loss', weight: 0, range: [0, 3], width: 300 } as const;

describe('the columns of a tile', () => {
  it('hold the run on show in full and earlier ones as one line, on one ascending row of steps', () => {
    const { columns, styles, breaks } = tileData([shown, earlier], [shown, earlier], wanted);
    const [steps, raw, smoothed, low, high, other] = columns;
    expect(styles.map(({ kind, colour }) => `${kind} ${colour}`)).toEqual([
      'raw 0',
      'smoothed 0',
      'low 0',
      'high 0',
      'smoothed 1',
    ]);
    expect(steps).toEqual([0, 1, 2, 3]);
    expect(raw).toEqual([4, 2, null, 1]);
    expect(smoothed).toEqual([4, 2, 2, 1]);
    expect(low).toEqual([1, 1, 1, 1]);
    expect(high).toEqual([4, 4, 4, 4]);
    // A run that ended earlier leaves no gap, only the end of its line.
    expect(other).toEqual([8, 6, undefined, undefined]);
    expect(breaks).toEqual([2]);
  });

  it('hold what was measured on held-out activations on the error scale', () => {
    const { columns, styles } = tileData([shown], [shown], { ...wanted, metric: 'error' });
    expect(styles).toEqual([{ kind: 'measured', colour: 0 }]);
    expect(columns[0]).toEqual([0, 2]);
    expect(columns[1]?.[0]).toBeCloseTo(0.4);
  });

  it('leave out what a log axis cannot show', () => {
    expect(
      positive([
        [0, 1, 2],
        [0, 2, undefined],
      ]),
    ).toEqual([
      [0, 1, 2],
      [null, 2, undefined],
    ]);
  });

  it('are read off at a step or at the end', () => {
    const [own] = readings([shown], [shown], { series: slot, metric: 'loss', weight: 0 });
    expect([0, 1.2, 99, null].map((step) => own && valueAt(own, step))).toEqual([4, 2, 1, 1]);
  });
});

describe('runs', () => {
  it('keep their colours: the accent is for the one on show', () => {
    expect([shown, earlier].map((one) => colourOf([shown, earlier], one))).toEqual([0, 1]);
    expect(colourOf([earlier], earlier)).toBe(1);
  });

  it('are switched off one by one, and at most five are drawn', () => {
    expect(visibleRuns([shown, earlier], ['a3f9'])).toEqual([earlier]);
    const many = Array.from({ length: 9 }, (_, at) => run(`run${at}`, [1]));
    expect(visibleRuns(many, [])).toHaveLength(5);
  });

  it('become rows of a spreadsheet, every point of them', () => {
    expect(curvesCsv([shown], 0).split('\n')).toEqual([
      'plan,name,series,step,loss,smoothed,held_out',
      'a3f9,"name, of a3f9",blocks.0.attn,0,4,4,0.4',
      'a3f9,"name, of a3f9",blocks.0.attn,1,2,2,',
      'a3f9,"name, of a3f9",blocks.0.attn,2,,2,',
      'a3f9,"name, of a3f9",blocks.0.attn,3,1,1,',
      '',
    ]);
  });
});

describe('baselines', () => {
  const progress: SlotProgress = {
    slot,
    state: 'done',
    step: 3,
    error: 0.02,
    bestError: 0.02,
    initial: { random: 1.1, ridge: 0.3 },
    chosen: 'ridge',
    byTimestep: null,
  };
  const own = { ...shown, slots: [progress] };
  const control = run('5e1f', [3, 0.5], mha, { slots: [{ ...progress, bestError: 0.008 }] });

  it('are the start that was taken and the self-graft, where they are known', () => {
    expect(baselinesOf(slot, 'error', [own], testModel.config)).toEqual([
      { value: 0.3, label: 'ridge start' },
    ]);
    expect(baselinesOf(slot, 'error', [own, control], testModel.config)).toEqual([
      { value: 0.008, label: 'self-graft' },
      { value: 0.3, label: 'ridge start' },
    ]);
    expect(baselinesOf('blocks.5.mlp', 'error', [own, control], testModel.config)).toEqual([]);
  });

  it('compare losses only of one kind', () => {
    expect(baselinesOf(slot, 'loss', [own, control], testModel.config)).toMatchObject([
      { label: 'self-graft' },
    ]);
    const l2 = {
      ...control,
      plan: { ...control.plan, stage1: { ...control.plan.stage1, loss: 'l2' as const } },
    };
    expect(baselinesOf(slot, 'loss', [own, l2], testModel.config)).toEqual([]);
  });

  it('are the bundled self-graft where no run is one', () => {
    const bundled = { plan: own.plan, engine: 'test', slots: { [slot]: { error: 0.006, loss: 0.4 } } };
    const [error] = baselinesOf(slot, 'error', [own], testModel.config, bundled);
    expect(error).toEqual({ value: 0.006, label: 'self-graft' });
    expect(baselinesOf(slot, 'loss', [own], testModel.config, bundled)).toEqual([
      { value: 0.4, label: 'self-graft' },
    ]);
    const [kept] = baselinesOf(slot, 'error', [own, control], testModel.config, bundled);
    expect(kept?.value).toBe(0.008);
    const l2 = { ...bundled, plan: { ...own.plan, stage1: { ...own.plan.stage1, loss: 'l2' as const } } };
    expect(baselinesOf(slot, 'loss', [own], testModel.config, l2)).toEqual([]);
  });

  it('of stage 2 are the loss that the fine-tune began with', () => {
    expect(baselinesOf('stage2', 'loss', [{ ...own, afterStage1: 0.7 }], null)).toEqual([
      { value: 0.7, label: 'after stage 1' },
    ]);
  });
});

describe('shared axes', () => {
  const curves = [...shown.curves.values(), ...earlier.curves.values()];

  it('span all curves, the planned steps and the marks', () => {
    expect(sharedAxes(curves, 'loss', 400, null)).toEqual({ range: [0, 400], low: 1, high: 8 });
    expect(sharedAxes(curves, 'loss', 1, null, [0.01])).toEqual({ range: [0, 3], low: 0.01, high: 8 });
    expect(sharedAxes([], 'loss', 0, null)).toEqual({ range: [0, 1], low: 0, high: 1 });
  });

  it('fit what is inside a zoomed range', () => {
    expect(sharedAxes(curves, 'loss', 400, [1, 3])).toEqual({ range: [1, 3], low: 1, high: 6 });
  });
});

describe('the step that numbers are read at', () => {
  it('is the one under the pointer, else the pinned one, each of its own stage', () => {
    const pin = { stage: 'stage1', step: 7 } as const;
    const hover = { stage: 'stage2', step: 3 } as const;
    expect(readingOf({ hover, pin }, 'stage1')).toBe(7);
    expect(readingOf({ hover, pin }, 'stage2')).toBe(3);
    expect(readingOf({ hover: null, pin: null }, 'stage1')).toBeNull();
  });
});

describe('logTicks', () => {
  it('marks decades, and halves of them where there are few', () => {
    expect(logTicks(0.005, 20)).toEqual([0.01, 0.1, 1, 10].map((tick) => expect.closeTo(tick, 9)));
    expect(logTicks(0.03, 0.3)).toEqual([0.05, 0.1, 0.2].map((tick) => expect.closeTo(tick, 9)));
  });

  it('has some in the narrowest range', () => {
    expect(logTicks(0.21, 0.42)).toEqual([0.3, 0.4].map((tick) => expect.closeTo(tick, 9)));
    expect(logTicks(0.21, 0.29)).toEqual([0.22, 0.24, 0.26, 0.28]);
  });

  it('has none where there is no log', () => {
    expect(logTicks(0, 1)).toEqual([]);
    expect(logTicks(2, 1)).toEqual([]);
  });
});
