import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known } from '../../lib/errors.ts';
import { mha } from '../../operators/mha/mha.ts';
import { replaceOperator } from '../edits.ts';
import { emptyPlan, type SlotId } from '../plan.ts';
import { allSlots } from '../slots.ts';
import { testSite } from '../testing.ts';
import { bestWithin, shownPoints } from './budget.ts';
import { type Candidate, candidateKey, candidatesAt, usualCandidates } from './candidate.ts';
import { planOfChoice, safestSlots } from './choose.ts';
import { combined, holdsSame, predict, slotOptions } from './damage.ts';
import { type Option, paretoFront } from './front.ts';

const option: fc.Arbitrary<Option> = fc.record({
  cost: fc.integer({ min: 0, max: 30 }),
  // Quarters sum without rounding, so that brute force and dynamic programming agree to the last bit.
  damage: fc.integer({ min: 0, max: 40 }).map((quarters) => quarters / 4),
});
const groups = fc.array(fc.array(option, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });

/** Every combination of options. */
function allPlans(list: readonly (readonly Option[])[]): Option[] {
  return list.reduce<Option[]>(
    (plans, options) =>
      plans.flatMap((plan) =>
        options.map(({ cost, damage }) => ({ cost: plan.cost + cost, damage: plan.damage + damage })),
      ),
    [{ cost: 0, damage: 0 }],
  );
}

describe('the front', () => {
  it('is the set of undominated plans, as brute force finds it', () => {
    fc.assert(
      fc.property(groups, (list) => {
        const plans = allPlans(list);
        const undominated = plans.filter(
          (a) =>
            !plans.some(
              (b) => b.cost <= a.cost && b.damage <= a.damage && (b.cost < a.cost || b.damage < a.damage),
            ),
        );
        const expected = new Map(undominated.map((plan) => [plan.cost, plan.damage]));
        const { points, slack } = paretoFront(list);
        expect(slack).toBe(0);
        expect(points.map(({ cost, damage }) => [cost, damage])).toEqual(
          [...expected].sort(([a], [b]) => a - b),
        );
      }),
    );
  });

  it('names for every point options that cost and damage what it says', () => {
    fc.assert(
      fc.property(groups, (list) => {
        const front = paretoFront(list);
        front.points.forEach((point, index) => {
          const chosen = front.choice(index).map((at, group) => known(list[group]?.[at], 'option'));
          expect(chosen).toHaveLength(list.length);
          expect(chosen.reduce((sum, { cost }) => sum + cost, 0)).toBe(point.cost);
          expect(chosen.reduce((sum, { damage }) => sum + damage, 0)).toBe(point.damage);
        });
      }),
    );
  });

  it('answers every budget with the least damage that it can pay', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: -5, max: 160 }), (list, budget) => {
        const payable = allPlans(list).filter(({ cost }) => cost <= budget);
        const front = paretoFront(list);
        const bought = bestWithin(front, budget);
        if (payable.length === 0) {
          const smallest = Math.min(...allPlans(list).map(({ cost }) => cost));
          expect(bought).toEqual({ kind: 'none', smallestCost: smallest });
          return;
        }
        expect(bought.kind).toBe('plan');
        const point = bought.kind === 'plan' ? front.points[bought.index] : undefined;
        expect(point?.damage).toBe(Math.min(...payable.map(({ damage }) => damage)));
      }),
    );
  });

  it('loses no more than its stated slack when it is thinned, and keeps the cheapest plan', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 6 }), (list, most) => {
        const exact = paretoFront(list);
        const thin = paretoFront(list, most);
        expect(thin.points[0]?.cost).toBe(exact.points[0]?.cost);
        for (const { cost, damage } of exact.points) {
          const near = thin.points.find((point) => point.damage <= damage);
          expect(near && near.cost <= cost + thin.slack + 1e-9).toBe(true);
        }
      }),
    );
  });

  it('solves sixteen slots of thirteen options exactly and fast', () => {
    const list = Array.from({ length: 16 }, (_, slot) =>
      Array.from({ length: 13 }, (_, at) => ({
        cost: 5_000_000 - at * 97_000 * (1 + (slot % 2)),
        damage: at === 0 ? 0 : (0.01 * at * (3 + ((slot * 7 + at * 5) % 11))) ** 2,
      })),
    );
    const started = performance.now();
    const { points, slack } = paretoFront(list);
    expect(slack).toBe(0);
    expect(points.length).toBeGreaterThan(50);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('points to show', () => {
  it('are few, rise in cost and keep both ends', () => {
    const list = Array.from({ length: 10 }, (_, i) => [
      { cost: 10 + i, damage: 0 },
      { cost: i, damage: 1 + i * i },
    ]);
    const front = paretoFront(list);
    const shown = shownPoints(front, 8);
    expect(shown.length).toBeLessThanOrEqual(10);
    expect(shown[0]).toBe(0);
    expect(shown.at(-1)).toBe(front.points.length - 1);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
  });
});

describe('candidates', () => {
  const attention = testSite('blocks.0.attn');
  const channel = testSite('blocks.0.mlp');

  it('fit the kind of slot and leave the teacher out', () => {
    const ids = candidatesAt(attention, { operator: mha.id, config: {} }).map(({ operator }) => operator);
    expect(new Set(ids)).toEqual(new Set(['swa', 'hyena_se', 'hyena_x', 'hyena_y', 'mamba2']));
    const ratios = candidatesAt(channel, { operator: 'mlp', config: { ratio: 4 } })
      .filter(({ operator }) => operator === 'mlp')
      .map(({ config }) => config.ratio);
    expect(ratios).toEqual([3, 6, 2, 1]);
  });

  it('have keys that do not depend on the order of their fields', () => {
    const a = candidateKey({ operator: 'swa', config: { window: 4, shape: 'raster' } });
    expect(candidateKey({ operator: 'swa', config: { shape: 'raster', window: 4 } })).toBe(a);
    expect(candidateKey({ operator: 'swa', config: { shape: 'raster', window: 8 } })).not.toBe(a);
  });

  it('are measured by default where they save something', () => {
    const all = candidatesAt(channel, { operator: 'mlp', config: { ratio: 4 } });
    const usual = usualCandidates(all, channel, ({ config }) => Number(config.ratio) < 4);
    expect(usual.map(({ operator, config }) => [operator, config.ratio])).toEqual([
      ['mlp', 3],
      ['mlp', 2],
      ['mlp_hyena_x', 2],
    ]);
  });
});

describe('the damage model', () => {
  const window: Candidate = { operator: 'swa', config: { window: 4, shape: 'raster' } };
  const narrow: Candidate = { operator: 'mlp', config: { ratio: 3 } };
  const changes = new Map<string, number>([
    ['blocks.0.attn swa', 0.3],
    ['blocks.1.attn swa', 0.1],
    ['blocks.2.attn swa', 0.1],
    ['blocks.0.mlp mlp', 0.4],
  ]);
  const changeOf = (slot: SlotId, { operator }: Candidate) => changes.get(`${slot} ${operator}`);
  const plan = emptyPlan('dit-test');

  it('adds squares', () => {
    expect(combined([0.3, 0.4])).toBeCloseTo(0.5, 12);
    const both = replaceOperator(replaceOperator(plan, ['blocks.0.attn'], window), ['blocks.0.mlp'], narrow);
    const predicted = predict(both, changeOf);
    expect(predicted.kind === 'predicted' && predicted.change).toBeCloseTo(0.5, 12);
    expect(predict(plan, changeOf)).toEqual({ kind: 'predicted', change: 0 });
  });

  it('names the slots that it knows nothing about', () => {
    const unknown = replaceOperator(plan, ['blocks.0.attn', 'blocks.7.attn'], window);
    expect(predict(unknown, changeOf)).toEqual({ kind: 'unmeasured', slots: ['blocks.7.attn'] });
  });

  it('offers the teacher everywhere and only what is measured and priced', () => {
    const slots = allSlots(3);
    const options = slotOptions(
      slots,
      (slot) => (slot.endsWith('attn') ? [window] : [narrow]),
      changeOf,
      (_, candidate) => (candidate ? 10 : 20),
    );
    expect(options.map((group) => group.options.length)).toEqual([2, 2, 2, 1, 2, 1]);
    expect(options[1]?.options[1]?.damage).toBeCloseTo(0.16, 12);
    const unpriced = slotOptions(
      slots,
      () => [window],
      changeOf,
      (_, candidate) => (candidate ? undefined : 20),
    );
    expect(unpriced.every((group) => group.options.length === 1)).toBe(true);
  });

  it('turns a choice into a plan that predicts the same damage and keeps recipe and seed', () => {
    const options = slotOptions(
      allSlots(3),
      (slot) => (slot.endsWith('attn') ? [window] : [narrow]),
      changeOf,
      (_, candidate) => (candidate ? 10 : 20),
    );
    const front = paretoFront(options.map((group) => group.options));
    const from = replaceOperator({ ...plan, seed: 7 }, ['blocks.2.mlp'], narrow);
    front.points.forEach(({ damage }, index) => {
      const made = planOfChoice(from, options, front.choice(index));
      const predicted = predict(made, changeOf);
      expect(predicted.kind === 'predicted' && predicted.change ** 2).toBeCloseTo(damage, 12);
      expect(made.seed).toBe(7);
      expect(made.stage1).toBe(from.stage1);
    });
    const cheapest = planOfChoice(from, options, front.choice(0));
    expect(holdsSame(cheapest, { ...cheapest, seed: 9 })).toBe(true);
    expect(holdsSame(cheapest, plan)).toBe(false);
  });

  it('finds the safest slots, ties in model order, unmeasured ones left out', () => {
    const slots = allSlots(8);
    expect(safestSlots(slots, window, 2, changeOf)).toEqual(['blocks.1.attn', 'blocks.2.attn']);
    expect(safestSlots(slots, window, 1, changeOf)).toEqual(['blocks.1.attn']);
    expect(safestSlots(slots, window, 99, changeOf)).toHaveLength(3);
  });
});
