// The pure parts of the search's panel: axes, heat, words for costs, and what stands on the plot.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { replaceOperator } from '../../../plan/edits.ts';
import { planHash } from '../../../plan/hash.ts';
import { emptyPlan, type Plan } from '../../../plan/plan.ts';
import { allSlots, slotKind } from '../../../plan/slots.ts';
import { changeIn, keepFound, startOfSearch, useSearch } from '../../../store/search.ts';
import { type Search, searchPlans } from '../../../store/searchPlans.ts';
import { testModel } from '../../../store/testing.ts';
import type { RunSummary } from '../../../workers/protocol.ts';
import { heatLevel, heatOf } from './heat.ts';
import { axisOf } from './plotScale.ts';
import { costText, costTick, costUnit } from './priceText.ts';
import { composition, plotPoints, predictionRatios } from './searchPoints.ts';

const shape = testModel.config;
const window = { operator: 'swa', config: { window: 4, shape: 'raster' } };
const narrow = { operator: 'mlp', config: { ratio: 3 } };

beforeEach(() => {
  useSearch.setState(startOfSearch);
  keepFound({
    found: allSlots(shape.depth).map((slot, i) => ({
      slot,
      candidate: slotKind(slot) === 'sequence' ? window : narrow,
      change: 0.01 * (i + 1),
      byTimestep: [],
      initialisation: 'inherit',
      slotError: 0.1,
    })),
    times: [],
    base: null,
  });
});

function search(): Search {
  const found = searchPlans(shape, useSearch.getState());
  if (!found) throw new Error('nothing was found');
  return found;
}

const summary = (distanceBase: number, distanceGraft: number) =>
  ({ distanceBase, distanceGraft }) as unknown as RunSummary;

describe('an axis', () => {
  it('holds its values between its pixels and marks round numbers in order', () => {
    // Costs and changes are counted or measured: none has more digits than this.
    const value = fc.integer({ min: -1e12, max: 1e12 }).map((millionths) => millionths / 1e6);
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2, max: 8 }),
        (values, ticks) => {
          const axis = axisOf(values, [40, 400], ticks, { below: 0.03, above: 0.05 });
          for (const one of values) {
            expect(axis.at(one)).toBeGreaterThanOrEqual(40 - 1e-6);
            expect(axis.at(one)).toBeLessThanOrEqual(400 + 1e-6);
          }
          expect(axis.ticks.length).toBeLessThanOrEqual(2 * ticks + 2);
          expect(axis.ticks).toEqual([...axis.ticks].sort((a, b) => a - b));
        },
      ),
    );
  });

  it('runs upwards where the pixels do, from zero without room below', () => {
    const axis = axisOf([0, 0.3], [200, 10], 3, { below: 0, above: 0 });
    expect(axis.at(0)).toBe(200);
    expect(axis.at(0.3)).toBeCloseTo(10);
    expect(axis.ticks).toEqual([0, 0.1, 0.2, 0.3]);
  });
});

describe('heat', () => {
  it('is 0 to 1 over the measured changes, and flat where they are equal', () => {
    const heat = heatOf([0.01, 0.1, 1]);
    expect([0.01, 0.1, 1].map(heat)).toEqual([0, 0.5, 1]);
    expect(heatOf([0.2, 0.2])(0.2)).toBe(0);
    expect(heatOf([])(0.2)).toBe(0);
    expect([0, 0.3, 0.6, 1].map(heatLevel)).toEqual([1, 2, 3, 4]);
  });
});

describe('costs in words', () => {
  it('have the unit of their budget', () => {
    expect(costText('macs', 98_900_000)).toBe('98.9 MMAC');
    expect(costText('parameters', 2_431_000)).toBe('2.43 M');
    expect(costText('latency', 4_712_345)).toBe('4.71 ms');
    expect(costUnit('macs', 4.1e10)).toEqual({ from: 1e9, name: 'GMAC' });
    expect(costTick(98_500_000, costUnit('macs', 1.1e8))).toBe('98.5');
    expect(costUnit('latency', 4e6).name).toBe('ms');
  });
});

describe('points of the plot', () => {
  const start = emptyPlan(testModel.id);
  const sources = (present: Plan, rest: Partial<Parameters<typeof plotPoints>[0]> = {}) => ({
    search: search(),
    present,
    changes: {},
    sensitivities: useSearch.getState().sensitivities,
    summaries: {},
    ...rest,
  });

  it('rise in cost, fall in predicted change, and end at the unchanged model', () => {
    const points = plotPoints(sources(start));
    const costs = points.map(({ cost }) => cost);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    const predicted = points.map((point) => point.predicted ?? Number.NaN);
    expect(predicted).toEqual([...predicted].sort((a, b) => b - a));
    expect(points.at(-1)).toMatchObject({ cost: search().price.base, predicted: 0, isPresent: true });
    expect(points.filter(({ isBest }) => isBest)).toHaveLength(1);
  });

  it('join a run to its prediction, with both measured changes and its distance', () => {
    const plan = replaceOperator(start, ['blocks.7.attn'], window);
    const hash = planHash(plan);
    const points = plotPoints(
      sources(start, {
        changes: { [hash]: { plan, start: 0.2, trained: 0.05, runSavedAt: 1 } },
        summaries: { [hash]: summary(30, 33) },
      }),
    );
    const measured = points.find(({ key }) => key === hash);
    const expected = changeIn(useSearch.getState().sensitivities)('blocks.7.attn', window);
    expect(measured).toMatchObject({ predicted: expected, start: 0.2, trained: 0.05, index: null });
    expect(measured?.distance).toBeCloseTo(0.1);
    expect(predictionRatios(points)).toEqual({
      low: 0.2 / (expected ?? Number.NaN),
      high: 0.2 / (expected ?? Number.NaN),
      count: 1,
    });
  });

  it('show a checked plan of the front once', () => {
    const onFront = plotPoints(sources(start)).find(({ isBest }) => isBest);
    if (!onFront) throw new Error('no best plan');
    const changes = {
      [planHash(onFront.plan)]: { plan: onFront.plan, start: 0.3, trained: null, runSavedAt: null },
    };
    const points = plotPoints(sources(start, { changes }));
    expect(points.filter(({ plan }) => planHash(plan) === planHash(onFront.plan))).toHaveLength(1);
    expect(points.find(({ isBest }) => isBest)?.start).toBe(0.3);
  });

  it('hold the present plan though the front does not, without a prediction where it cannot be made', () => {
    const odd = replaceOperator(start, ['blocks.0.attn'], {
      operator: 'mamba2',
      config: { state: 16, expand: 2, headWidth: 16, taps: 4 },
    });
    const present = plotPoints(sources(odd)).find(({ isPresent }) => isPresent);
    expect(present).toMatchObject({ predicted: null, index: null });
    expect(predictionRatios([])).toBeNull();
  });

  it('are named by what they hold', () => {
    expect(composition(shape, start)).toBe('Pretrained model');
    const plan = replaceOperator(
      replaceOperator(start, ['blocks.0.attn', 'blocks.2.attn'], window),
      ['blocks.1.mlp'],
      narrow,
    );
    expect(composition(shape, plan)).toBe('2 × Sliding window attention, ± 4 · 1 × MLP, ratio 3');
  });
});
